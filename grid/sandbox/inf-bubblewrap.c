#include "grid/sandbox/inf-bubblewrap.h"

#include "grid/sandbox/inf-sandbox-config-private.h"
#include "grid/sandbox/inf-staging.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define DEFAULT_SCRATCH_BYTES (G_GUINT64_CONSTANT (256) << 20)

/* Of /etc, what the loader, the C library and Open MPI read. */
static const char *const etc_paths[] = {
  "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf",           "/etc/ld.so.conf.d",
  "/etc/localtime",    "/etc/openmpi",     "/etc/pmix-mca-params.conf",
};

/* Of /sys, what hwloc needs to find cores and memory; the rest would show the host's network. */
static const char *const sys_paths[] = { "/sys/devices/system", "/sys/kernel/mm" };

static void
add (GPtrArray *argv, const char *first, ...)
{
  va_list words;

  va_start (words, first);
  for (const char *word = first; word; word = va_arg (words, const char *))
    g_ptr_array_add (argv, g_strdup (word));
  va_end (words);
}

/* A merged /usr has /lib → usr/lib; an older system a directory of its own. */
static void
add_system_dir (GPtrArray *argv, const char *path)
{
  g_autofree char *target = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  target = g_file_read_link (path, NULL);
  if (target)
    add (argv, "--symlink", target, path, NULL);
  else
    add (argv, "--ro-bind", path, path, NULL);
}

static void
add_scratch (GPtrArray *argv, guint64 size_bytes, const char *path)
{
  g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT, size_bytes);

  add (argv, "--perms", "0700", "--size", size, "--tmpfs", path, NULL);
}

static void
add_system (GPtrArray *argv, InfSandboxConfig *config)
{
  guint64 scratch_bytes = config->limits.scratch_bytes;
  const char *dirs[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };
  const char *files[] = { "passwd", "group", "nsswitch.conf", "hosts" };

  if (scratch_bytes == 0)
    scratch_bytes = DEFAULT_SCRATCH_BYTES;
  add (argv, "--ro-bind", "/usr", "/usr", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (dirs); i++)
    add_system_dir (argv, dirs[i]);
  for (guint i = 0; i < G_N_ELEMENTS (etc_paths); i++)
    add (argv, "--ro-bind-try", etc_paths[i], etc_paths[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *from = g_strdup_printf (INF_STAGING_DIR "/etc/%s", files[i]);
      g_autofree char *to = g_strdup_printf ("/etc/%s", files[i]);
      add (argv, "--ro-bind", from, to, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sys_paths); i++)
    add (argv, "--ro-bind-try", sys_paths[i], sys_paths[i], NULL);
  add (argv, "--proc", "/proc", "--dev", "/dev", NULL);
  add_scratch (argv, scratch_bytes, "/dev/shm");
  add_scratch (argv, scratch_bytes, "/tmp");
}

static void
add_binds (GPtrArray *argv, InfSandboxConfig *config)
{
  add (argv, "--bind", INF_STAGING_DIR "/job", INF_SANDBOX_JOB_DIR, NULL);
  if (*config->mca_params)
    add (argv, "--ro-bind", INF_STAGING_DIR "/etc/mca-params.conf",
         "/etc/openmpi/openmpi-mca-params.conf", NULL);
  if (*config->agent_dir)
    add (argv, "--ro-bind", INF_STAGING_DIR "/agent", INF_SANDBOX_AGENT_DIR, NULL);
  for (guint i = 0; i < config->binds->len; i++)
    {
      InfSandboxBind *bind = g_ptr_array_index (config->binds, i);
      g_autofree char *from = g_strdup_printf (INF_STAGING_DIR "/bind-%u", i);
      add (argv, "--ro-bind", from, bind->sandbox_path, NULL);
    }
}

static void
add_variable (GPtrArray *argv, const char *name, const char *value)
{
  add (argv, "--setenv", name, value, NULL);
}

static void
add_env (GPtrArray *argv, InfSandboxConfig *config, const char *const *extra)
{
  add (argv, "--clearenv", NULL);
  add_variable (argv, "PATH", "/usr/local/bin:/usr/bin:/bin");
  add_variable (argv, "HOME", "/tmp");
  add_variable (argv, "TMPDIR", "/tmp");
  add_variable (argv, "USER", "job");
  add_variable (argv, "LANG", "C.UTF-8");
  /* hwloc's plugins look for PCI devices, GPUs and X servers. A job sees none, and every orted and
   * rank would load their libraries. */
  add_variable (argv, "HWLOC_PLUGINS_PATH", "/nonexistent");
  /* PMIx would write what ranks must know of their job into megabytes of shared memory; this keeps
   * it in each process, which is no slower with 32 ranks on a host either. */
  add_variable (argv, "PMIX_MCA_gds", "hash");
#ifdef __SANITIZE_ADDRESS__ /* whose search for leaks uses ptrace, which the filter refuses */
  add_variable (argv, "ASAN_OPTIONS", "detect_leaks=0");
#endif
  if (*config->agent_dir)
    add_variable (argv, "INFINITY_AGENT_SOCKET", INF_SANDBOX_AGENT_DIR "/socket");
  for (guint i = 0; i < config->env->len; i++)
    {
      InfSandboxBind *variable = g_ptr_array_index (config->env, i);
      add_variable (argv, variable->host_path, variable->sandbox_path);
    }
  for (; *extra; extra++)
    {
      g_auto (GStrv) parts = g_strsplit (*extra, "=", 2);
      if (parts[0] && *parts[0] && parts[1])
        add_variable (argv, parts[0], parts[1]);
    }
}

/**
 * inf_bubblewrap_argv:
 * @config: the sandbox
 * @cwd: the directory, inside, to start in
 * @seccomp_fd: where bubblewrap finds the filter
 * @env: (array zero-terminated=1): NAME=VALUE for this command, stronger than the sandbox's
 * @command: (array zero-terminated=1): what to run
 *
 * The environment is set on the command line: bubblewrap itself runs outside, where a job's
 * LD_PRELOAD has no business.
 *
 * Returns: (transfer full): bubblewrap's command line: own user, PID, mount, IPC and UTS
 *   namespaces; nothing but the job's network, which is the caller's
 */
char **
inf_bubblewrap_argv (InfSandboxConfig *config, const char *cwd, int seccomp_fd,
                     const char *const *env, const char *const *command)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *seccomp = g_strdup_printf ("%d", seccomp_fd);
  g_autofree char *host_name = g_strdup_printf ("job-%u", config->own_index);

  add (argv, INF_BUBBLEWRAP_PROGRAM, "--unshare-user", "--uid", "1000", "--gid", "1000",
       "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname",
       host_name, "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--seccomp", seccomp,
       NULL);
  add_system (argv, config);
  add_binds (argv, config);
  add_env (argv, config, env);
  /* Both are memory that a job could otherwise fill. */
  add (argv, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", cwd, "--", NULL);
  for (; *command; command++)
    add (argv, *command, NULL);
  g_ptr_array_add (argv, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}
