/*
 * libFuzzer: any bytes as /etc/default/postfix, as an nsswitch.conf and as a
 * record of a manifest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chroot/manifest.h"
#include "chroot/nsswitch.h"
#include "chroot/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void read_settings(const char *content)
{
	struct settings settings;
	struct text why = TEXT_EMPTY;
	bool done = settings_parse(&settings, content, "/etc/default/postfix", &why);

	check(done == (why.length == 0));
	for (size_t i = 0; done && i < settings.extra_files.count; i++)
		check(strpbrk(settings.extra_files.items[i], " \t\n") == NULL);
	settings_free(&settings);
	text_free(&why);
}

static void read_nsswitch(const char *content)
{
	struct nsswitch nsswitch = { NULL, 0, 0 };

	nsswitch_parse(&nsswitch, content);
	for (size_t i = 0; i < nsswitch.count; i++)
		check(*nsswitch.uses[i].database != '\0' && *nsswitch.uses[i].module != '\0');
	nsswitch_free(&nsswitch);
}

/* What is believed leads nowhere else. */
static void read_record(const char *line)
{
	const char *end = strchr(line, '\n');
	struct manifest_record record = { .path = NULL };

	if (end != NULL && manifest_record_read(&record, line, (size_t)(end - line) + 1))
		check(*record.path != '\0' && *record.path != '/' &&
		      strstr(record.path, "//") == NULL && strcmp(record.path, "..") != 0 &&
		      strncmp(record.path, "../", 3) != 0 && strstr(record.path, "/../") == NULL);
	free(record.path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = TEXT_EMPTY;

	text_add_n(&content, (const char *)bytes, size);
	read_settings(content.data);
	read_nsswitch(content.data);
	read_record(content.data);
	text_free(&content);
	return 0;
}
