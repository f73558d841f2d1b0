#include "daemon/inf-sensors.h"

#include <stdio.h>
#include <string.h>

/* What the kernel says of processors, memory and power. */

/**
 * inf_cpu_times_parse:
 * @stat: the text of /proc/stat; proc(5)
 * @ret_times: (out): the processors' times; left alone on failure
 *
 * Time spent by guests is in the user's already. Waiting for a disk is idle.
 *
 * Returns: whether @stat is such a text
 */
gboolean
inf_cpu_times_parse (const char *stat, InfCpuTimes *ret_times)
{
  guint64 user, nice, system, idle, io_wait, irq, soft_irq, steal;

  if (sscanf (stat,
              "cpu %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
              &user, &nice, &system, &idle, &io_wait, &irq, &soft_irq, &steal)
      != 8)
    return FALSE;
  ret_times->busy = user + nice + system + irq + soft_irq + steal;
  ret_times->total = ret_times->busy + idle + io_wait;
  return TRUE;
}

gboolean
inf_cpu_times_read (InfCpuTimes *ret_times)
{
  g_autofree char *text = NULL;

  return g_file_get_contents ("/proc/stat", &text, NULL, NULL)
         && inf_cpu_times_parse (text, ret_times);
}

static gboolean
find_kib (const char *text, const char *name, guint64 *ret_bytes)
{
  const char *found = strstr (text, name);

  if (!found)
    return FALSE;
  *ret_bytes = g_ascii_strtoull (found + strlen (name), NULL, 10) << 10;
  return TRUE;
}

/**
 * inf_memory_used_parse:
 * @meminfo: the text of /proc/meminfo; proc(5)
 * @ret_bytes: (out): what programs could not have; left alone on failure
 */
gboolean
inf_memory_used_parse (const char *meminfo, guint64 *ret_bytes)
{
  guint64 total, available;

  if (!find_kib (meminfo, "MemTotal:", &total) || !find_kib (meminfo, "MemAvailable:", &available)
      || available > total)
    return FALSE;
  *ret_bytes = total - available;
  return TRUE;
}

gboolean
inf_memory_used_read (guint64 *ret_bytes)
{
  g_autofree char *text = NULL;

  return g_file_get_contents ("/proc/meminfo", &text, NULL, NULL)
         && inf_memory_used_parse (text, ret_bytes);
}

static gboolean
file_says (const char *dir, const char *supply, const char *name, const char *expected)
{
  g_autofree char *path = g_build_filename (dir, supply, name, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (g_strstrip (text), expected);
}

/**
 * inf_power_read:
 * @supplies_dir: "/sys/class/power_supply"
 *
 * A machine without any supply listed, as most without a battery are, runs on mains. Batteries of
 * keyboards and mice have the scope "Device" and say nothing about the machine.
 *
 * Returns: what the machine runs on
 */
InfPower
inf_power_read (const char *supplies_dir)
{
  g_autoptr (GDir) dir = g_dir_open (supplies_dir, 0, NULL);
  gboolean discharges = FALSE;
  const char *name;

  if (!dir)
    return INF_POWER_UNKNOWN;
  while ((name = g_dir_read_name (dir)))
    {
      if (file_says (supplies_dir, name, "scope", "Device"))
        continue;
      gboolean is_battery = file_says (supplies_dir, name, "type", "Battery");
      if (!is_battery && file_says (supplies_dir, name, "online", "1"))
        return INF_POWER_MAINS;
      discharges
          = discharges || (is_battery && file_says (supplies_dir, name, "status", "Discharging"));
    }
  /* Some machines list a battery and no adapter. */
  return discharges ? INF_POWER_BATTERY : INF_POWER_MAINS;
}
