#include "grid/sandbox/inf-seccomp.h"

#include "common/inf-error.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* What no MPI program needs, and what kernel exploits or escapes are made of. A call that the C
 * library does not know by name on this machine is passed over: the kernel has no such call. */
static const char *const refused[] = {
  "acct",
  "add_key",
  "adjtimex",
  "bpf",
  "chroot",
  "clock_adjtime",
  "clock_settime",
  "create_module",
  "delete_module",
  "fanotify_init",
  "finit_module",
  "fsconfig",
  "fsmount",
  "fsopen",
  "fspick",
  "get_kernel_syms",
  "init_module",
  "io_uring_enter",
  "io_uring_register",
  "io_uring_setup",
  "ioperm",
  "iopl",
  "kcmp",
  "kexec_file_load",
  "kexec_load",
  "keyctl",
  "landlock_add_rule",
  "landlock_create_ruleset",
  "landlock_restrict_self",
  "lookup_dcookie",
  "modify_ldt",
  "mount",
  "mount_setattr",
  "move_mount",
  "name_to_handle_at",
  "nfsservctl",
  "open_by_handle_at",
  "open_tree",
  "perf_event_open",
  "pidfd_getfd",
  "pivot_root",
  "process_madvise",
  "process_vm_readv",
  "process_vm_writev",
  "ptrace",
  "query_module",
  "quotactl",
  "quotactl_fd",
  "reboot",
  "request_key",
  "setdomainname",
  "sethostname",
  "setns",
  "settimeofday",
  "stime",
  "swapoff",
  "swapon",
  "sysfs",
  "syslog",
  "umount",
  "umount2",
  "unshare",
  "uselib",
  "userfaultfd",
  "ustat",
  "vhangup",
  "vm86",
  "vm86old",
};

/* Memory that no process's own counters show; only a cgroup sees it. */
static const char *const refused_unless_accounted[]
    = { "memfd_create", "memfd_secret", "shmget", "msgget" };

static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

static int
refuse_names (scmp_filter_ctx filter, const char *const *names, guint n)
{
  int result = 0;

  for (guint i = 0; i < n && result == 0; i++)
    {
      int number = seccomp_syscall_resolve_name (names[i]);

      if (number != __NR_SCMP_ERROR && number >= 0)
        result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), number, 0);
    }
  return result;
}

/* Families beyond these reach hardware, the hypervisor (AF_VSOCK knows no namespace) or seldom
 * tested kernel code. */
static int
refuse_families (scmp_filter_ctx filter)
{
  int result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1,
                                 SCMP_A0 (SCMP_CMP_GT, AF_NETLINK));

  for (int family = 0; family < AF_NETLINK && result == 0; family++)
    {
      gboolean wanted = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (families); i++)
        wanted |= families[i] == family;
      if (!wanted)
        result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1,
                                   SCMP_A0 (SCMP_CMP_EQ, (scmp_datum_t)family));
    }
  if (result == 0) /* getifaddrs() needs NETLINK_ROUTE, which is 0 */
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPROTONOSUPPORT), SCMP_SYS (socket), 2,
                               SCMP_A0 (SCMP_CMP_EQ, AF_NETLINK), SCMP_A2 (SCMP_CMP_NE, 0));
  return result;
}

static int
add_rules (scmp_filter_ctx filter, gboolean memory_is_accounted)
{
  int result = refuse_names (filter, refused, G_N_ELEMENTS (refused));

  if (result == 0 && !memory_is_accounted)
    result
        = refuse_names (filter, refused_unless_accounted, G_N_ELEMENTS (refused_unless_accounted));
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (clone), 1,
                               SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
  /* Its flags are behind a pointer, where no filter can look; the C library falls back to clone. */
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0);
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (ioctl), 1,
                               SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffffu, TIOCSTI));
  if (result == 0)
    result = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), SCMP_SYS (ioctl), 1,
                               SCMP_A1 (SCMP_CMP_MASKED_EQ, 0xffffffffu, TIOCLINUX));
  return result == 0 ? refuse_families (filter) : result;
}

/**
 * inf_seccomp_write:
 * @fd: a file to write to
 * @memory_is_accounted: whether a cgroup counts the memory of the job
 * @error: #INF_ERROR_UNSUPPORTED
 *
 * Writes the filter of everything that runs in a sandbox, as `bwrap --seccomp` reads it: allow
 * what programs need, refuse (with an error, not a kill) what they can't need. Calls of another
 * architecture's ABI kill the process.
 *
 * Returns: whether it was written
 */
gboolean
inf_seccomp_write (int fd, gboolean memory_is_accounted, GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
  int result = filter ? add_rules (filter, memory_is_accounted) : -ENOMEM;

  if (result == 0)
    result = seccomp_export_bpf (filter, fd);
  if (filter)
    seccomp_release (filter);
  if (result == 0)
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_UNSUPPORTED, "no system call filter: %s",
               g_strerror (-result));
  return FALSE;
}
