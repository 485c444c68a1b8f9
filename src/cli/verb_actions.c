/*
 * The verbs that act on instances; action.c does the work.
 */
#include "cli/action.h"
#include "cli/verbs.h"

enum exit_status verb_start(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_START, .doing = "start",
		.disabled_refused = true, .needs_stopped = true,
	});
}

enum exit_status verb_stop(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_STOP, .doing = "stop",
		.disabled_too = true, .needs_running = true,
	});
}

enum exit_status verb_abort(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_ABORT, .doing = "abort",
		.disabled_too = true, .needs_running = true,
	});
}

enum exit_status verb_restart(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_RESTART, .doing = "restart", .disabled_refused = true,
	});
}

enum exit_status verb_try_restart(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_RESTART, .doing = "restart", .needs_running = true,
	});
}

enum exit_status verb_reload(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_RELOAD, .doing = "reload",
		.needs_running = true, .must_run = true,
	});
}

enum exit_status verb_sync(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_SYNC, .doing = "sync", .disabled_too = true,
	});
}

enum exit_status verb_flush(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_FLUSH, .doing = "flush",
		.needs_running = true, .must_run = true,
	});
}

enum exit_status verb_enable(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_ENABLE, .doing = "enable",
		.disabled_too = true, .must_name = true, .must_fit = true,
	});
}

enum exit_status verb_disable(struct request *request)
{
	return action_run(request, &(struct action){
		.kind = OPERATE_DISABLE, .doing = "disable",
		.disabled_too = true, .must_name = true,
	});
}
