#include "models/action/job.h"
#include "models/action/fault.h"
#include "models/controller/house.h"
#include "models/kind.h"
#include "models/light/node.h"
#include "models/neighbourhood.h"

// At once, as what fails does: an injected event is the first of its moment.
void dd_job_do(dd_world *world, const dd_job *job) {
    uint32_t segment = dd_fault_segment(world, job->entity);
    dd_engine_inject(world->engine, dd_world_domain(world, segment), DD_KIND_JOB,
                     world->station[segment], 0, 0, job, sizeof *job);
    dd_engine_admit(world->engine);
}

void dd_job_handle(dd_domain *domain, const dd_event *event) {
    dd_segment_state *segment = dd_segment_of(domain, event->target);
    const dd_job *job = dd_parcel(domain, event);
    uint16_t lamp = dd_segment_lamp_number(segment, job->entity); // where it is one
    switch ((dd_job_kind)job->kind) {
    case DD_JOB_REFIT:
        dd_node_refit(domain, segment, lamp, job->model, job->record);
        break;
    case DD_JOB_COMMISSION:
        dd_house_commission(domain, segment, job->record);
        break;
    }
}
