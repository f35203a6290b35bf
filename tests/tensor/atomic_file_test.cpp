// Files that appear whole or not at all, also when the process is killed, and what is left where
// the system has no files without a name.
#include "tensor/atomic_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(O_TMPFILE)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <cerrno>
#include <cstddef>
#include <functional>

#include "support/check_status.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

const std::string kText(3'000'000, 'x');  // more than a buffer

/// The new file is written; committed if asked for.
std::unique_ptr<AtomicFile> written(const std::string& path, const std::string& text, bool commit) {
    auto file = AtomicFile::create(path);
    check_ok(file.status());
    REQUIRE(file.ok());
    check_ok((*file)->write(text.data(), text.size()));
    if (commit) check_ok((*file)->commit());
    return std::move(*file);
}

/// What waitpid() says of a process that runs `work`, whose failure is exit code 1.
int in_child(const std::function<bool()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work() ? 0 : 1);
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    return status;
}

bool write_and_commit(const std::string& path) {
    auto file = AtomicFile::create(path);
    return file.ok() && (*file)->write(kText.data(), kText.size()).ok() && (*file)->commit().ok();
}

bool write_and_die(const std::string& path) {
    auto file = AtomicFile::create(path);
    if (!file.ok() || !(*file)->write(kText.data(), kText.size()).ok()) return false;
    return ::kill(::getpid(), SIGKILL) != 0;
}

#if defined(O_TMPFILE)

bool has_unnamed_files(const TempDir& folder) {
    const int descriptor = ::open(folder.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

/// From now on this process cannot have any, as on file systems without them.
bool refuse_unnamed_files() {
    constexpr unsigned kOpensUnnamed = O_TMPFILE & ~O_DIRECTORY;
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),  // flags
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kOpensUnnamed, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog program{sizeof filter / sizeof *filter, filter};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

bool has_unnamed_files(const TempDir&) { return false; }
bool refuse_unnamed_files() { return false; }

#endif

}  // namespace

TEST_CASE("atomic file: it replaces its target as a whole, and nothing else is there") {
    const TempDir folder;
    const std::string path = folder.write("out", "old");
    const auto first = written(path, kText, false), second = written(path, "second", false);
    CHECK(read_file(path) == "old");
    check_ok(second->commit());
    CHECK(read_file(path) == "second");
    check_ok(first->write_at(1, "y", 1));
    check_ok(first->commit());
    CHECK(read_file(path) == "xy" + kText.substr(2));
    CHECK(files_in(folder) == 1);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK(info.st_nlink == 1);
    written(path, "third", false);
    CHECK(read_file(path) == "xy" + kText.substr(2));
    CHECK(files_in(folder) == 1);
}

TEST_CASE("atomic file: permissions are those of any new file, and links stay") {
    const TempDir folder;
    const mode_t before = ::umask(027);
    written(folder.file("out"), kText, true);
    ::umask(before);
    struct stat info {};
    REQUIRE(::stat(folder.file("out").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0640);
    REQUIRE(::symlink("out", folder.file("link").c_str()) == 0);
    written(folder.file("link"), "new", true);
    CHECK(read_file(folder.file("out")) == "new");
    CHECK(std::filesystem::is_symlink(folder.file("link")));
    CHECK(files_in(folder) == 2);
}

TEST_CASE("atomic file: what cannot get its name is refused before the work") {
    const TempDir folder;
    const std::string longest(255, 'n');  // none is left for the temporary name
    check_error(AtomicFile::create(folder.file(longest)).status(), Code::kFailed, "name too long");
    check_error(AtomicFile::create(folder.file("no/out")).status(), Code::kFailed,
                "choose a folder that exists");
    CHECK(files_in(folder) == 0);
}

TEST_CASE("atomic file: a killed process leaves the old file and nothing else") {
    const TempDir folder;
    if (!has_unnamed_files(folder)) {
        MESSAGE("skipped: this file system has no files without a name");
        return;
    }
    const std::string path = folder.write("out", "old");
    const int status = in_child([&] { return write_and_die(path); });
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
    CHECK(read_file(path) == "old");
    CHECK(files_in(folder) == 1);
}

TEST_CASE("atomic file: without files that have no name it does its work under a temporary one") {
    if (in_child(refuse_unnamed_files) != 0) {
        MESSAGE("skipped: this system does not filter calls");
        return;
    }
    const TempDir folder;
    const std::string path = folder.write("out", "old");
    CHECK(in_child([&] { return refuse_unnamed_files() && !has_unnamed_files(folder); }) == 0);
    CHECK(in_child([&] { return refuse_unnamed_files() && write_and_commit(path); }) == 0);
    CHECK(read_file(path) == kText);
    CHECK(files_in(folder) == 1);
    const int status = in_child([&] { return refuse_unnamed_files() && write_and_die(path); });
    REQUIRE(WIFSIGNALED(status));
    CHECK(files_in(folder) == 2);  // and the temporary one
    CHECK(read_file(path) == kText);
}
