/*
 * libFuzzer: any bytes as a master.cf, and the addresses in it.
 */
#include "postfix/endpoint.h"
#include "postfix/master_cf.h"
#include "fuzz.h"

static void check_endpoint(const char *name)
{
	struct endpoint endpoint;
	struct words ports = WORDS_EMPTY;
	const char *wrong = endpoint_parse(&endpoint, name);

	/* So that /etc/services need not be read. */
	words_printf(&ports, "%s=25", endpoint.port);
	if (wrong == NULL && strpbrk(endpoint.port, "= \t\r\n") == NULL)
		fuzz_check(endpoint_port_number(endpoint.port, &ports) >= 0 ||
			   strspn(endpoint.port, "0123456789") > 0);
	endpoint_free(&endpoint);
	words_free(&ports);
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
		fuzz_check(*service->column[i] != '\0');
	service_print(service, &printed);
	fuzz_check(strchr(printed.data, '\n') == printed.data + printed.length - 1);
	while (service_next_option(service, &position, &name, &length, &value)) {
		fuzz_check(length > 0 && name[length] == '=' && value == name + length + 1);
		fuzz_check(service_option(service, name, length) != NULL);
	}
	position = 0;
	while (service_next_shown_option(service, &position, &name, &length, &value))
		fuzz_check(length > 0 && value > name + length);
	fuzz_check(service_check(service, "master.cf", &why) == (why.length == 0));
	check_endpoint(service->column[SERVICE_NAME]);
	text_free(&printed);
	text_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);
	struct text why = TEXT_EMPTY;
	struct master_cf master;
	bool done;

	done = master_cf_parse(&master, &content, "master.cf", &why);
	fuzz_check(done == (why.length == 0));
	fuzz_check(done || strncmp(why.data, "master.cf, line ", 16) == 0);
	for (size_t i = 0; done && i < master.count; i++)
		check_service(&master.services[i]);
	master_cf_free(&master);
	text_free(&content);
	text_free(&why);
	return 0;
}
