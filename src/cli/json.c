/*
 * JSON for programs (RFC 8259).
 */
#include "cli/json.h"

#include <stddef.h>
#include <string.h>

/* Bytes that are not UTF-8 become U+FFFD: a file name may hold anything. */
static void add_quoted(struct text *out, const char *string)
{
	const unsigned char *p = (const unsigned char *)string;

	text_add_char(out, '"');
	while (*p != '\0') {
		size_t length = text_utf8_length((const char *)p);

		if (length == 0)
			text_add(out, "\xef\xbf\xbd");
		else if (*p == '"' || *p == '\\')
			text_printf(out, "\\%c", *p);
		else if (*p == '\n')
			text_add(out, "\\n");
		else if (*p < 0x20 || *p == 0x7f)
			text_printf(out, "\\u%04x", *p);
		else if (*p == 0xc2 && p[1] < 0xa0)
			text_printf(out, "\\u%04x", p[1]);
		else
			text_add_n(out, (const char *)p, length);
		p += length > 0 ? length : 1;
	}
	text_add_char(out, '"');
}

static void begin_value(struct json *json, const char *key)
{
	if (json->needs_comma)
		text_add_char(json->out, ',');
	json->needs_comma = true;
	if (key != NULL) {
		add_quoted(json->out, key);
		text_add_char(json->out, ':');
	}
}

static void open_bracket(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	text_add_char(json->out, bracket);
	json->needs_comma = false;
}

static void close_bracket(struct json *json, char bracket)
{
	text_add_char(json->out, bracket);
	json->needs_comma = true;
}

void json_begin_object(struct json *json, const char *key)
{
	open_bracket(json, key, '{');
}

void json_end_object(struct json *json)
{
	close_bracket(json, '}');
}

void json_begin_array(struct json *json, const char *key)
{
	open_bracket(json, key, '[');
}

void json_end_array(struct json *json)
{
	close_bracket(json, ']');
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin_value(json, key);
	add_quoted(json->out, value);
}

void json_number(struct json *json, const char *key, long long value)
{
	begin_value(json, key);
	text_printf(json->out, "%lld", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	text_add(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	text_add(json->out, "null");
}
