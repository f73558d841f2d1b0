#pragma once

#include "widgets/inf-service.h"

G_BEGIN_DECLS

void inf_unlock_remembered (InfService *service);

G_END_DECLS
