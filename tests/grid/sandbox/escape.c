/* escape WHAT [ARGUMENT]: tries to get out of a sandbox, or to use more than it may, and prints
 * what came of it, one line each: "what: refused (reason)" or "what: ALLOWED". */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/vm_sockets.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void
report (const char *what, int failed)
{
  if (failed)
    printf ("%s: refused (%s)\n", what, strerror (errno));
  else
    printf ("%s: ALLOWED\n", what);
}

static void
try_write (const char *dir)
{
  char path[4096], what[4200];
  int fd;

  snprintf (path, sizeof path, "%s/escaped-%d", dir, (int)getpid ());
  snprintf (what, sizeof what, "write %s", dir);
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL, 0666);
  report (what, fd < 0);
  if (fd >= 0)
    close (fd);
}

static int
write_everywhere (void)
{
  const char *dirs[] = { "/",          "/usr",         "/usr/bin",
                         "/etc",       "/dev",         "/proc/sys/kernel",
                         "/proc/self", "/sys",         "/sys/devices/system",
                         "/run",       "/run/program", "/var" };

  for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
    try_write (dirs[i]);
  report ("chmod /usr/bin", chmod ("/usr/bin", 0777) < 0);
  report ("open /proc/sysrq-trigger", open ("/proc/sysrq-trigger", O_WRONLY) < 0);
  report ("mknod /job/disk", mknod ("/job/disk", S_IFBLK | 0600, 0x0800) < 0);
  return 0;
}

static int
read_path (const char *path)
{
  report (path, access (path, F_OK) < 0);
  return 0;
}

static int
make_calls (void)
{
  pid_t child;

  report ("mount", mount ("none", "/tmp", "tmpfs", 0, NULL) < 0);
  report ("umount", umount ("/tmp") < 0);
  report ("unshare user", unshare (CLONE_NEWUSER) < 0);
  report ("unshare net", unshare (CLONE_NEWNET) < 0);
  child = (pid_t)syscall (SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
  if (child == 0)
    _exit (0);
  report ("clone user", child < 0);
  report ("clone3", syscall (SYS_clone3, NULL, 0) < 0 && errno == ENOSYS);
  report ("setns", setns (open ("/proc/self/ns/net", O_RDONLY), 0) < 0);
  report ("chroot", chroot ("/tmp") < 0);
  report ("pivot_root", syscall (SYS_pivot_root, "/tmp", "/tmp") < 0);
  report ("ptrace", ptrace (PTRACE_TRACEME, 0, NULL, NULL) < 0);
  report ("keyctl", syscall (SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1) < 0);
  report ("add_key", syscall (SYS_add_key, "user", "x", "y", 1, KEY_SPEC_PROCESS_KEYRING) < 0);
  report ("bpf", syscall (SYS_bpf, 0, NULL, 0) < 0 && errno == EPERM);
  report ("perf_event_open",
          syscall (SYS_perf_event_open, NULL, 0, -1, -1, 0) < 0 && errno == EPERM);
  report ("userfaultfd", syscall (SYS_userfaultfd, 0) < 0);
  report ("io_uring_setup", syscall (SYS_io_uring_setup, 1, NULL) < 0 && errno == EPERM);
  report ("kexec_load", syscall (SYS_kexec_load, 0, 0, NULL, 0) < 0);
  report ("init_module", syscall (SYS_init_module, NULL, 0, "") < 0);
  report ("open_by_handle_at", syscall (SYS_open_by_handle_at, -1, NULL, 0) < 0 && errno == EPERM);
  report ("TIOCSTI", ioctl (0, TIOCSTI, "x") < 0 && errno == EPERM);
  report ("setuid", setuid (0) < 0);
  report ("renice", setpriority (PRIO_PROCESS, 0, -5) < 0);
  report ("vsock", socket (AF_VSOCK, SOCK_STREAM, 0) < 0);
  report ("packet", socket (AF_PACKET, SOCK_RAW, 0) < 0);
  report ("raw", socket (AF_INET, SOCK_RAW, IPPROTO_ICMP) < 0);
  report ("kill helper", kill (-1, 0) < 0);
  return 0;
}

static int
see_processes (void)
{
  int seen = 0;

  for (int pid = 1; pid < 400000; pid++)
    seen += kill (pid, 0) == 0 || errno == EPERM;
  printf ("processes seen: %d\n", seen);
  return 0;
}

static int
try_connect (const char *address_text, int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t)port) };
  struct timeval timeout = { .tv_sec = 3 };
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  char what[128], greeting[64] = "";

  inet_pton (AF_INET, address_text, &address.sin_addr);
  snprintf (what, sizeof what, "connect %s:%d", address_text, port);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) < 0)
    report (what, 1);
  else if (read (fd, greeting, sizeof greeting - 1) <= 0)
    printf ("%s: silence\n", what);
  else
    printf ("%s: ALLOWED, %s\n", what, greeting);
  close (fd);
  return 0;
}

static int
try_abstract (const char *name)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  strncpy (address.sun_path + 1, name, sizeof address.sun_path - 2);
  report ("connect abstract",
          connect (fd, (struct sockaddr *)&address,
                   (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1 + strlen (name)))
              < 0);
  return 0;
}

/* Greets whoever connects to @port, for ever. */
static int
greet (int port, const char *text)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((uint16_t)port) };
  int fd = socket (AF_INET, SOCK_STREAM, 0), one = 1;

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (fd, (struct sockaddr *)&address, sizeof address) < 0 || listen (fd, 5) < 0)
    return 1;
  printf ("greeting\n");
  fflush (stdout);
  for (;;)
    {
      int peer = accept (fd, NULL, NULL);
      if (peer >= 0 && write (peer, text, strlen (text)) >= 0)
        close (peer);
    }
}

/* As many children as can be had; they wait until they are killed. */
static int
fork_without_bound (void)
{
  int n = 0;

  for (; n < 100000; n++)
    {
      pid_t pid = fork ();
      if (pid == 0)
        for (;;)
          pause ();
      if (pid < 0)
        break;
    }
  printf ("forked %d: %s\n", n, strerror (errno));
  return 0;
}

/* A bomb proper: every process forks for ever. */
static int
fork_bomb (void)
{
  printf ("bomb\n");
  fflush (stdout);
  signal (SIGCHLD, SIG_IGN);
  while (getpid () > 0)
    if (fork () < 0)
      sched_yield ();
  return 0;
}

static void
fill (size_t total_bytes)
{
  size_t step = 4 << 20;

  for (size_t done = 0; done < total_bytes; done += step)
    {
      char *block = mmap (NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (block == MAP_FAILED)
        {
          printf ("memory: refused after %zu MiB\n", done >> 20);
          fflush (stdout);
          _exit (7);
        }
      memset (block, 1, step);
    }
}

static int
allocate (size_t each_mib, int n_processes)
{
  for (int i = 1; i < n_processes; i++)
    if (fork () == 0)
      {
        fill (each_mib << 20);
        for (;;)
          pause ();
      }
  fill (each_mib << 20);
  while (wait (NULL) > 0)
    ;
  printf ("memory: ALLOWED\n");
  return 0;
}

static int
fill_files (const char *dir, int limit_mib)
{
  static char block[1 << 20];
  char path[256];
  int done = 0;

  snprintf (path, sizeof path, "%s/big", dir);
  int fd = open (path, O_WRONLY | O_CREAT, 0600);
  while (fd >= 0 && done < limit_mib && write (fd, block, sizeof block) == sizeof block)
    done++;
  printf ("wrote %d MiB to %s: %s\n", done, dir, done < limit_mib ? strerror (errno) : "ALLOWED");
  unlink (path);
  return 0;
}

/* What outlives its parent, its session and its terminal. */
static int
linger (void)
{
  char name[64] = "";

  if (readlink ("/proc/self/ns/pid", name, sizeof name - 1) < 0)
    return 1;
  for (int i = 0; i < 3; i++)
    if (fork () == 0)
      {
        setsid ();
        if (fork () != 0)
          _exit (0);
        signal (SIGTERM, SIG_IGN);
        signal (SIGHUP, SIG_IGN);
        for (;;)
          pause ();
      }
  printf ("lingering in %s.\n", name);
  fflush (stdout);
  for (;;)
    pause ();
}

int
main (int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  const char *first = argc > 2 ? argv[2] : "";
  const char *second = argc > 3 ? argv[3] : "";

  if (strcmp (what, "write") == 0)
    return write_everywhere ();
  if (strcmp (what, "read") == 0)
    return read_path (first);
  if (strcmp (what, "calls") == 0)
    return make_calls ();
  if (strcmp (what, "processes") == 0)
    return see_processes ();
  if (strcmp (what, "connect") == 0)
    return try_connect (first, atoi (second));
  if (strcmp (what, "abstract") == 0)
    return try_abstract (first);
  if (strcmp (what, "greet") == 0)
    return greet (atoi (first), second);
  if (strcmp (what, "fork") == 0)
    return fork_without_bound ();
  if (strcmp (what, "bomb") == 0)
    return fork_bomb ();
  if (strcmp (what, "allocate") == 0)
    return allocate ((size_t)atoi (first), atoi (second));
  if (strcmp (what, "fill") == 0)
    return fill_files (first, atoi (second));
  if (strcmp (what, "linger") == 0)
    return linger ();
  fprintf (stderr, "escape: try what?\n");
  return 2;
}
