#ifndef POSTCTL_POSTFIX_TABLE_PARAMETERS_H
#define POSTCTL_POSTFIX_TABLE_PARAMETERS_H

#include <stddef.h>

/*
 * Called with each name of length bytes that is a parameter of a table.
 */
typedef void table_parameter_visit(void *context, const char *name, size_t length);

void table_parameters_visit(char *value, table_parameter_visit *visit, void *context);

#endif
