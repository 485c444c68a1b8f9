/*
 * libFuzzer: any bytes as a master.cf.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "postfix/master_cf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

static void check_service(const struct service *service)
{
	struct text printed = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	size_t position = 0;
	size_t length;
	const char *name;
	const char *value;

	for (int i = 0; i < SERVICE_COLUMNS; i++)
		check(*service->column[i] != '\0');
	service_print(service, &printed);
	check(strchr(printed.data, '\n') == printed.data + printed.length - 1);
	while (service_next_option(service, &position, &name, &length, &value)) {
		check(length > 0 && name[length] == '=' && value == name + length + 1);
		check(service_option(service, name, length) != NULL);
	}
	position = 0;
	while (service_next_shown_option(service, &position, &name, &length, &value))
		check(length > 0 && value > name + length);
	check(service_check(service, "master.cf", &why) == (why.length == 0));
	text_free(&printed);
	text_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct master_cf master;
	bool done;

	text_add_n(&content, (const char *)bytes, size);
	done = master_cf_parse(&master, &content, "master.cf", &why);
	check(done == (why.length == 0));
	check(done || strncmp(why.data, "master.cf, line ", 16) == 0);
	for (size_t i = 0; done && i < master.count; i++)
		check_service(&master.services[i]);
	master_cf_free(&master);
	text_free(&content);
	text_free(&why);
	return 0;
}
