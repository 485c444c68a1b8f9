/*
 * Configurations of the Cyrus SASL library, such as smtpd.conf, as its
 * lib/config.c reads them and its servers act on them.
 */
#include "chroot/sasl_conf.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

#define BLANKS " \t\v\f\r"
#define SEPARATORS BLANKS ","

void sasl_conf_free(struct sasl_conf *conf)
{
	text_free(&conf->database);
	text_free(&conf->saslauthd);
}

/*
 * Return the value of an option, whose names in the file may be in capitals;
 * the first line of it counts.  Without one, return otherwise.  The caller
 * frees it.
 */
static char *option(const char *content, const char *name, const char *otherwise)
{
	size_t length = strlen(name);

	for (const char *line = content; *line != '\0';) {
		const char *end = line + strcspn(line, "\n"), *next = end + (*end == '\n');

		line += strspn(line, BLANKS);
		if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
			line += length + 1;
			line += strspn(line, BLANKS);
			while (end > line && isspace((unsigned char)end[-1]))
				end--;
			return memory_copy_n(line, end > line ? (size_t)(end - line) : 0);
		}
		line = next;
	}
	return memory_copy(otherwise);
}

/*
 * Does one of the words in an option begin like this?
 */
static bool has_word(const char *value, const char *beginning)
{
	struct words words = WORDS_EMPTY;
	bool has = false;

	words_split(&words, value, SEPARATORS);
	for (size_t i = 0; i < words.count && !has; i++)
		has = strncasecmp(words.items[i], beginning, strlen(beginning)) == 0;
	words_free(&words);
	return has;
}

/*
 * Are mechanisms of challenge and response offered?  They are, if they are
 * installed, where mech_list names none.
 */
static bool offers_challenges(const char *content)
{
	static const char *const shared[] = { "CRAM-", "DIGEST-", "SCRAM-", "NTLM", "OTP",
					      "SRP" };
	char *mechanisms = option(content, "mech_list", "");
	bool offers = *mechanisms == '\0';

	for (size_t i = 0; i < sizeof shared / sizeof shared[0] && !offers; i++)
		offers = has_word(mechanisms, shared[i]);
	free(mechanisms);
	return offers;
}

/*
 * Read a configuration; an empty one is what holds where there is no file.
 * sasl_conf_free() frees it.
 */
void sasl_conf_parse(struct sasl_conf *conf, const char *content)
{
	char *plugins = option(content, "auxprop_plugin", "sasldb");
	char *methods = option(content, "pwcheck_method", "auxprop");
	char *path;

	*conf = SASL_CONF_EMPTY;
	conf->challenges = offers_challenges(content);
	/*
	 * For PLAIN and LOGIN pwcheck_method says who compares passwords; for a
	 * challenge the server must have them itself.  Without a choice each
	 * plug-in that is installed is asked.
	 */
	if (has_word(plugins, "sasldb") &&
	    (conf->challenges || has_word(methods, "auxprop"))) {
		path = option(content, "sasldb_path", "/etc/sasldb2");
		text_add(&conf->database, path);
		free(path);
	}
	if (has_word(methods, "saslauthd")) {
		path = option(content, "saslauthd_path", "/var/run/saslauthd/mux");
		text_add(&conf->saslauthd, path);
		free(path);
	}
	free(plugins);
	free(methods);
}
