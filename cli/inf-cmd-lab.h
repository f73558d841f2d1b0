#pragma once

int inf_cmd_lab (int argc, char **argv);
