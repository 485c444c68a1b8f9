#ifndef POSTCTL_CHROOT_SASL_CONF_H
#define POSTCTL_CHROOT_SASL_CONF_H

#include <stdbool.h>

#include "base/text.h"
#include "base/words.h"

/*
 * What matters to a chroot in a configuration of the Cyrus SASL library: the
 * files and sockets that a server opens when a client authenticates.  A path
 * is empty where nothing is to be opened.  Challenges are made of random bytes.
 */
struct sasl_conf {
	struct text database;
	struct text saslauthd;
	bool challenges;
};

#define SASL_CONF_EMPTY ((struct sasl_conf){ TEXT_EMPTY, TEXT_EMPTY, false })

void sasl_conf_parse(struct sasl_conf *conf, const char *content);
void sasl_conf_free(struct sasl_conf *conf);

#endif
