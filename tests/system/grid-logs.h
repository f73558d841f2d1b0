#pragma once

#include "lab/inf-lab.h"

void grid_logs_watch (InfLab *lab);
void grid_logs_forget (void);
