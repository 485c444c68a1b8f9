#ifndef POSTCTL_POSTFIX_CLASH_H
#define POSTCTL_POSTFIX_CLASH_H

#include "postfix/instance.h"

void clash_find(struct instances *instances);

#endif
