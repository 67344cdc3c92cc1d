/* Callbacks on the program's own loop. */

#include <pthread.h>
#include <stdatomic.h>

#include "check.h"

struct task {
  void (*run)(void* task);
  void* task;
};

/* A loop as programs have it: others put tasks into it, one thread runs them. */
struct loop {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  struct task tasks[256];
  int count;
  atomic_int destroyed;
};

static void post(void* user_data, void (*run)(void* task), void* task) {
  struct loop* loop = user_data;
  pthread_mutex_lock(&loop->mutex);
  CHECK(loop->count < 256);
  loop->tasks[loop->count++] = (struct task){run, task};
  pthread_cond_signal(&loop->changed);
  pthread_mutex_unlock(&loop->mutex);
}

static void destroy_loop(void* user_data) {
  struct loop* loop = user_data;
  CHECK(atomic_fetch_add(&loop->destroyed, 1) == 0);
}

/* Runs the next task, for which it waits. */
static void run_one(struct loop* loop) {
  pthread_mutex_lock(&loop->mutex);
  while (loop->count == 0) pthread_cond_wait(&loop->changed, &loop->mutex);
  const struct task task = loop->tasks[--loop->count];
  pthread_mutex_unlock(&loop->mutex);
  task.run(task.task);
}

struct answer {
  pthread_t thread;
  modelstore_store store;
  atomic_int calls;
  atomic_int destroyed;
  modelstore_status status;
};

static void on_done(void* user_data, modelstore_job job, modelstore_status status) {
  struct answer* answer = user_data;
  answer->thread = pthread_self();
  answer->status = status;
  atomic_fetch_add(&answer->calls, 1);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_store_destroy(answer->store, &error));
  (void)job;
}

static void destroy_answer(void* user_data) {
  struct answer* answer = user_data;
  CHECK(atomic_fetch_add(&answer->destroyed, 1) == 0);
}

static modelstore_store open_with(struct loop* loop) {
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.create = 1;
  options.threads = 2;
  options.post = post;
  options.post_user_data = loop;
  options.post_destroy = destroy_loop;
  modelstore_store store;
  CHECK_OK(modelstore_store_open(text(in_folder("store")), &options, &store, &error));
  return store;
}

static modelstore_job start(modelstore_store store, struct answer* answer) {
  modelstore_file_hasher hasher;
  modelstore_job job;
  CHECK_OK(modelstore_file_hasher_create(store, &hasher, &error));
  const char* path = write_sparse_file("large", (int64_t)1 << 42);
  CHECK_OK(modelstore_file_hasher_hash(hasher, text(path), NULL, &job, &error));
  CHECK_OK(modelstore_job_on_done(job, on_done, answer, destroy_answer, &error));
  CHECK_OK(modelstore_file_hasher_destroy(hasher, &error));
  return job;
}

static void callbacks_run_where_the_program_runs_them(void) {
  struct loop loop = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {{NULL, NULL}}, 0, 0};
  const modelstore_store store = open_with(&loop);
  struct answer answer = {.store = store};
  const modelstore_job job = start(store, &answer);
  CHECK_OK(modelstore_job_cancel(job, &error));
  int32_t done = 0;
  CHECK_OK(modelstore_job_wait(job, -1, &done, &error));
  CHECK(atomic_load(&answer.calls) == 0);
  run_one(&loop);
  CHECK(atomic_load(&answer.calls) == 1 && atomic_load(&answer.destroyed) == 1);
  CHECK(answer.status == MODELSTORE_CANCELLED);
  CHECK(pthread_equal(answer.thread, pthread_self()));
  CHECK_OK(modelstore_job_destroy(job, &error));
  CHECK(atomic_load(&loop.destroyed) == 0);
  CHECK_OK(modelstore_store_destroy(store, &error));
  CHECK(atomic_load(&loop.destroyed) == 1);
}

static void a_task_that_comes_too_late_only_frees_itself(void) {
  struct loop loop = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {{NULL, NULL}}, 0, 0};
  const modelstore_store store = open_with(&loop);
  struct answer answer = {.store = store};
  const modelstore_job job = start(store, &answer);
  /* Nobody runs the loop: the store does not wait for it. */
  CHECK_OK(modelstore_store_destroy(store, &error));
  CHECK(atomic_load(&answer.calls) == 0);
  CHECK(atomic_load(&answer.destroyed) == 1);
  CHECK(atomic_load(&loop.destroyed) == 1);
  CHECK(loop.count == 1);
  run_one(&loop);
  CHECK(atomic_load(&answer.calls) == 0);
  CHECK_OK(modelstore_job_destroy(job, &error));
}

static void* run_tasks(void* user_data) {
  for (int i = 0; i < 100; ++i) run_one(user_data);
  return NULL;
}

static void tasks_run_while_the_store_is_destroyed(void) {
  struct loop loop = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {{NULL, NULL}}, 0, 0};
  const modelstore_store store = open_with(&loop);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, run_tasks, &loop) == 0);
  struct answer answers[100];
  memset(answers, 0, sizeof answers);
  modelstore_job jobs[10];
  for (int i = 0; i < 100; ++i) {
    answers[i].store = store;
    if (i < 10)
      jobs[i] = start(store, &answers[i]);
    else
      CHECK_OK(modelstore_job_on_done(jobs[i % 10], on_done, &answers[i], destroy_answer, &error));
  }
  CHECK_OK(modelstore_store_destroy(store, &error));
  for (int i = 0; i < 100; ++i) {
    CHECK(atomic_load(&answers[i].destroyed) == 1);
    CHECK(atomic_load(&answers[i].calls) <= 1);
  }
  CHECK(pthread_join(thread, NULL) == 0);
  for (int i = 0; i < 10; ++i) CHECK_OK(modelstore_job_destroy(jobs[i], &error));
}

int main(void) {
  callbacks_run_where_the_program_runs_them();
  a_task_that_comes_too_late_only_frees_itself();
  tasks_run_while_the_store_is_destroyed();
  return 0;
}
