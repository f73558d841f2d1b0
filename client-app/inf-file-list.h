#pragma once

#include "client-app/inf-file-item.h"
#include "client-app/inf-transfer-item.h"
#include "widgets/inf-service.h"

G_BEGIN_DECLS

#define INF_TYPE_FILE_LIST (inf_file_list_get_type ())

G_DECLARE_FINAL_TYPE (InfFileList, inf_file_list, INF, FILE_LIST, GObject)

InfFileList *inf_file_list_new (InfService *service);

gboolean inf_file_list_is_loaded (InfFileList *self);
const char *inf_file_list_get_problem (InfFileList *self);
GListModel *inf_file_list_get_files (InfFileList *self);
GListModel *inf_file_list_get_transfers (InfFileList *self);

void inf_file_list_take_transfer (InfFileList *self, GVariant *transfer);
void inf_file_list_drop_transfer (InfFileList *self, const char *id);
void inf_file_list_reload (InfFileList *self);

G_END_DECLS
