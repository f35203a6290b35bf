// A file that appears whole or not at all: written without a name into the folder of its target,
// synced to the disk, then named "<target>.part-<pid>-<n>" and renamed over the target; the folder
// is synced too. Links are followed: a link stays one and what it points to is replaced. Destroyed
// without commit(), it leaves nothing, nor does a process that is killed, except in the moment of
// the renaming: the old target stays. Where files cannot be without a name (NFS, systems other than
// Linux) it has that of the .part file from the start, which a killed process leaves.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tensor/status.h"

namespace quern {

/// The folder that a path leads through last; "." if it names none.
std::string folder_of(const std::string& path);

class AtomicFile {
  public:
    /// Refuses what is there already and is no regular file, and names in the system's folders of
    /// devices and processes.
    static Result<std::unique_ptr<AtomicFile>> create(const std::string& path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Appends, through a buffer. After a failure every later call fails alike.
    Status write(const void* data, uint64_t bytes);
    /// Overwrites bytes that were written before.
    Status write_at(uint64_t offset, const void* data, uint64_t bytes);
    /// Bytes appended so far.
    uint64_t size() const { return size_; }
    /// Makes the file visible under its name.
    Status commit();

  private:
    AtomicFile(const std::string& path, const std::string& target);
    Status open_temporary();
    std::string temporary_name(int number) const;
    bool take_name(const std::function<int(const char* name)>& make);
    Status flush();
    Status write_out(const uint8_t* data, uint64_t bytes);
    Status fail(const std::string& action, int error_number);
    Status sync_folder();

    std::string path_;    ///< as given, for messages
    std::string target_;  ///< the same file without links
    std::string folder_;
    std::string temporary_;  ///< its name until it has that of the target; empty: none yet
    int descriptor_ = -1;
    bool committed_ = false;
    std::vector<uint8_t> buffer_;
    uint64_t size_ = 0;
    Status failure_;
};

}  // namespace quern
