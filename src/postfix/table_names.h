#ifndef POSTCTL_POSTFIX_TABLE_NAMES_H
#define POSTCTL_POSTFIX_TABLE_NAMES_H

/*
 * Called with the type and the name of each table.
 */
typedef void table_name_visit(void *context, const char *type, const char *name);

void table_names_visit(char *value, table_name_visit *visit, void *context);

#endif
