#ifndef POSTCTL_CLI_JSON_H
#define POSTCTL_CLI_JSON_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Writes JSON, commas included.  Every value but those in an array has a key;
 * pass NULL for the key within an array and at the top.
 */
struct json {
	struct text *out;
	bool needs_comma;
};

void json_begin_object(struct json *json, const char *key);
void json_end_object(struct json *json);
void json_begin_array(struct json *json, const char *key);
void json_end_array(struct json *json);
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, long long value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
