#include "worker_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace server {

void lower_priority() noexcept {
  constexpr int kNice = 10;
  // On Linux this is the thread's own, although its name says otherwise.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

struct WorkerPool::Impl {
  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
  std::vector<std::thread> threads;
};

WorkerPool::WorkerPool(unsigned threads, Priority priority) : impl_(std::make_unique<Impl>()) {
  for (unsigned index = 0; index < threads; ++index)
    impl_->threads.emplace_back([this, priority] {
      if (priority == Priority::Low) lower_priority();
      impl_->context.run();
    });
}

WorkerPool::~WorkerPool() {
  stop();
}

void WorkerPool::post(std::function<void()> task) {
  boost::asio::post(impl_->context, std::move(task));
}

void WorkerPool::stop() {
  impl_->work.reset();
  for (std::thread& thread : impl_->threads)
    if (thread.joinable()) thread.join();
}

}  // namespace server
