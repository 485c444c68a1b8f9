#ifndef POSTCTL_CONTROL_LOOK_H
#define POSTCTL_CONTROL_LOOK_H

#include "base/text.h"
#include "postfix/instance.h"
#include "process/probe.h"

enum probe_state look_at(const struct instance *instance, struct probe *probe,
			 struct probe_answer *answer, struct text *why);

#endif
