/*
 * The parameter inet_protocols.
 */
#include "postfix/inet_protocols.h"

#include <string.h>

#include "base/words.h"

/*
 * Read the value of inet_protocols, which may be empty.  Return false with the
 * reason.  (Postfix's inet_proto_init().)
 */
bool inet_protocols_parse(struct inet_protocols *protocols, const char *value,
			  struct text *why)
{
	struct words words = WORDS_EMPTY;
	bool ok = true;

	*protocols = (struct inet_protocols){ false, false };
	words_split(&words, value, ", \t\r\n");
	for (size_t i = 0; i < words.count; i++) {
		bool all = strcmp(words.items[i], "all") == 0;
		bool ipv4 = strcmp(words.items[i], "ipv4") == 0;
		bool ipv6 = strcmp(words.items[i], "ipv6") == 0;

		protocols->ipv4 |= all || ipv4;
		protocols->ipv6 |= all || ipv6;
		ok = ok && (all || ipv4 || ipv6);
	}
	words_free(&words);
	return ok || text_fail(why, "inet_protocols = %s: unknown protocol", value);
}
