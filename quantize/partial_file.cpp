// Frames, appended and indexed.
#include "partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "tensor/hash.h"
#include "tensor/positioned_io.h"

namespace quern {
namespace {

constexpr char kMagic[] = "QRNPART5";
constexpr uint64_t kMagicBytes = 8, kFrameHead = 16;

/// A frame's, behind the settings.
constexpr uint64_t kMeasured = 1, kFinished = 2;

// ---------------------------------------------------------------- payloads

template <class T>
void put(std::string* out, const T& value) {
    out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_bytes(std::string* out, const void* data, uint64_t bytes) {
    put(out, bytes);
    out->append(static_cast<const char*>(data), bytes);
}

/// Reads what put() wrote; `ok` becomes false at the end of the data.
struct Reader {
    const std::string& in;
    uint64_t at = 0;
    bool ok = true;

    template <class T>
    T get() {
        T value{};
        ok = ok && in.size() - at >= sizeof value;
        if (!ok) return value;
        std::memcpy(&value, in.data() + at, sizeof value);
        at += sizeof value;
        return value;
    }
    /// Skips `bytes` and returns where they begin.
    uint64_t skip(uint64_t bytes) {
        ok = ok && in.size() - at >= bytes;
        const uint64_t begin = at;
        if (ok) at += bytes;
        return begin;
    }
    std::string get_text() {
        const auto bytes = get<uint64_t>();
        const uint64_t begin = skip(bytes);
        return ok ? in.substr(begin, bytes) : "";
    }
};

std::string payload_of(const std::vector<FinishedTensor>& tensors) {
    constexpr size_t kTexts = 1024;  // more than a tensor's names and numbers take
    size_t bytes = kTexts;
    for (const FinishedTensor& t : tensors) bytes += t.bytes.size() + kTexts;
    std::string out;
    out.reserve(bytes);
    put(&out, kFinished);
    put<uint64_t>(&out, tensors.size());
    for (const FinishedTensor& t : tensors) {
        put_bytes(&out, t.name.data(), t.name.size());
        put_bytes(&out, t.method.data(), t.method.size());
        for (double v : {t.squared_error, t.squared_weight, t.loss, t.rtn_loss, t.seconds})
            put(&out, v);
        put_bytes(&out, t.settings.data(), t.settings.size());
        put_bytes(&out, t.fallback.data(), t.fallback.size());
        put_bytes(&out, t.bytes.data(), t.bytes.size());
    }
    return out;
}

std::string payload_of(const std::vector<Measurement>& measurements) {
    std::string out;
    put(&out, kMeasured);
    put<uint64_t>(&out, measurements.size());
    for (const Measurement& m : measurements) {
        put_bytes(&out, m.name.data(), m.name.size());
        put<uint64_t>(&out, m.values.size());
        for (const double value : m.values) put(&out, value);
    }
    return out;
}

/// Everything but the bytes; `base` is the payload's place in the file.
bool read_finished(Reader in, uint64_t base, std::vector<FinishedTensor>* out) {
    const auto n = in.get<uint64_t>();
    for (uint64_t i = 0; i < n && in.ok; ++i) {
        FinishedTensor t;
        t.name = in.get_text();
        t.method = in.get_text();
        t.squared_error = in.get<double>();
        t.squared_weight = in.get<double>();
        t.loss = in.get<double>();
        t.rtn_loss = in.get<double>();
        t.seconds = in.get<double>();
        t.settings = in.get_text();
        t.fallback = in.get_text();
        t.size = in.get<uint64_t>();
        t.offset = base + in.skip(t.size);
        if (in.ok) out->push_back(std::move(t));
    }
    return in.ok;
}

bool read_measured(Reader in, std::vector<Measurement>* out) {
    const auto n = in.get<uint64_t>();
    for (uint64_t i = 0; i < n && in.ok; ++i) {
        Measurement t;
        t.name = in.get_text();
        const auto values = in.get<uint64_t>();
        for (uint64_t k = 0; k < values && in.ok; ++k) t.values.push_back(in.get<double>());
        if (in.ok) out->push_back(std::move(t));
    }
    return in.ok;
}

// ---------------------------------------------------------------- settings

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::string first_difference(const std::string& before, const std::string& now) {
    const auto a = lines_of(before), b = lines_of(now);
    for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const std::string was = i < a.size() ? a[i] : "nothing",
                          is = i < b.size() ? b[i] : "nothing";
        if (was != is) return "it has '" + was + "', this run '" + is + "'";
    }
    return "";
}

}  // namespace

std::string PartialFile::kept() const {
    const auto count = [](int64_t n, const std::string& what) {
        return std::to_string(n) + what + (n == 1 ? "" : "s");
    };
    if (trained_frames_ > 0) {
        return count(frames_ - trained_frames_, " finished layer") + ", " +
               std::to_string(trained_frames_) + " of them with trained scales";
    }
    if (frames_ > 0) return count(frames_, " finished layer");
    return measured_frames_ > 0
               ? count(measured_frames_, " measurement") + " for the choice of formats"
               : "";
}

Status PartialFile::fail(const std::string& action) const {
    const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return {full ? Code::kOutOfSpace : Code::kFailed, path_ + ": cannot be " + action + " (" +
                                                          std::strerror(errno) + ")" +
                                                          (full ? "; free some space" : "")};
}

PartialFile::~PartialFile() {
    if (descriptor_ < 0) return;
    if (is_ours_ && kept().empty()) ::unlink(path_.c_str());
    ::close(descriptor_);
}

Result<std::unique_ptr<PartialFile>> PartialFile::open(const std::string& path,
                                                       const std::string& settings, bool resume) {
    std::unique_ptr<PartialFile> file(new PartialFile(path));
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return file->fail("opened");
    file->descriptor_ = descriptor;
    struct stat info {};
    if (::fstat(descriptor, &info) != 0) return file->fail("opened");
    if (!S_ISREG(info.st_mode)) {
        return Status(Code::kWrongUse, path + ": is no regular file; give the output another name");
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return file->fail("locked");
        return Status(Code::kWrongUse, path +
                                           ": is in use by another run; wait for it or give the "
                                           "output another name");
    }
    bool usable = false;
    if (info.st_size > 0) {
        if (Status s = file->check_magic(); !s.ok()) return s;
        if (Status s = file->read_earlier(settings, resume, &usable); !s.ok()) return s;
    }
    file->is_ours_ = true;
    if (Status s = usable ? file->cut() : file->start(settings); !s.ok()) return s;
    return file;
}

Status PartialFile::start(const std::string& settings) {
    if (::ftruncate(descriptor_, 0) != 0) return fail("emptied");
    std::string magic(kMagic, kMagicBytes);
    if (!write_at(descriptor_, magic.data(), kMagicBytes, 0)) return fail("written");
    end_ = kMagicBytes;
    return write_frame(settings);
}

Status PartialFile::check_magic() const {
    char magic[kMagicBytes] = {};
    if (read_at(descriptor_, magic, kMagicBytes, 0) &&
        std::memcmp(magic, kMagic, kMagicBytes) == 0) {
        return {};
    }
    return {Code::kWrongUse, path_ +
                                 ": is not a partial result of this version of quern-quantize; "
                                 "move it away or give the output another name"};
}

/// What an earlier run left. Not usable: nothing, a file that was cut off in its settings, or one
/// that is to be replaced.
Status PartialFile::read_earlier(const std::string& settings, bool resume, bool* usable) {
    std::string before;
    Frame first = read_frame(kMagicBytes, &before);
    struct stat info {};
    // What was cut off in settings like these is shorter than they are.
    const uint64_t most = kMagicBytes + kFrameHead + settings.size();
    if (first == Frame::kCutOff && ::fstat(descriptor_, &info) == 0 &&
        static_cast<uint64_t>(info.st_size) > most) {
        first = Frame::kDamaged;
    }
    if (resume && first == Frame::kDamaged) {
        return {Code::kBadFile, path_ +
                                    ": cannot be resumed, since its settings are damaged; remove "
                                    "the file to start anew"};
    }
    if (first != Frame::kWhole) return {};
    if (resume && before != settings) {
        return {Code::kWrongUse, path_ + ": cannot be resumed, since " +
                                     first_difference(before, settings) +
                                     "; give the same settings, or remove the file to start anew"};
    }
    end_ = kMagicBytes + kFrameHead + before.size();
    index_frames();
    *usable = resume;
    if (resume) return {};
    if (before == settings && !kept().empty()) {
        return {Code::kWrongUse, path_ + ": holds " + kept() +
                                     " of this very command; add --resume to go on from there, or "
                                     "remove the file to start anew"};
    }
    replaced_ = kept();
    frames_ = measured_frames_ = trained_frames_ = 0;
    finished_.clear();
    measured_.clear();
    return {};
}

PartialFile::Frame PartialFile::read_frame(uint64_t at, std::string* payload) const {
    struct stat info {};
    uint64_t head[2];
    if (::fstat(descriptor_, &info) != 0) return Frame::kDamaged;
    const auto size = static_cast<uint64_t>(info.st_size);
    if (size < at || size - at < kFrameHead) return Frame::kCutOff;
    if (!read_at(descriptor_, head, kFrameHead, at)) {
        return Frame::kDamaged;
    }
    if (head[0] > size - at - kFrameHead) return Frame::kCutOff;
    payload->resize(head[0]);
    const bool whole = read_at(descriptor_, payload->data(), head[0], at + kFrameHead) &&
                       xxh64(payload->data(), payload->size()) == head[1];
    return whole ? Frame::kWhole : Frame::kDamaged;
}

/// The whole frames from end_ on.
void PartialFile::index_frames() {
    std::string payload;
    while (read_frame(end_, &payload) == Frame::kWhole && index_frame(payload, end_ + kFrameHead)) {
        end_ += kFrameHead + payload.size();
    }
}

/// False, and nothing has changed: it is none that belongs here.
bool PartialFile::index_frame(const std::string& payload, uint64_t base) {
    Reader in{payload};
    const auto kind = in.get<uint64_t>();
    std::vector<FinishedTensor> finished;
    std::vector<Measurement> measured;
    if (kind == kFinished && read_finished(in, base, &finished)) {
        const bool again = !finished.empty() && find(finished[0].name) != nullptr;
        trained_frames_ += again ? 1 : 0;
        std::move(finished.begin(), finished.end(), std::back_inserter(finished_));
        ++frames_;
        return true;
    }
    if (kind != kMeasured || frames_ > 0 || !read_measured(in, &measured)) return false;
    std::move(measured.begin(), measured.end(), std::back_inserter(measured_));
    ++measured_frames_;
    return true;
}

/// What follows the last whole frame.
Status PartialFile::cut() {
    return ::ftruncate(descriptor_, static_cast<off_t>(end_)) == 0 ? Status() : fail("cut");
}

Status PartialFile::write_frame(const std::string& payload) {
    const uint64_t head[2] = {payload.size(), xxh64(payload.data(), payload.size())};
    if (!write_at(descriptor_, head, kFrameHead, end_) ||
        !write_at(descriptor_, payload.data(), payload.size(), end_ + kFrameHead) ||
        ::fsync(descriptor_) != 0) {
        return fail("written");
    }
    end_ += kFrameHead + payload.size();
    return {};
}

Status PartialFile::append(const std::vector<FinishedTensor>& tensors) {
    return append_payload(payload_of(tensors));
}

Status PartialFile::append_measured(const std::vector<Measurement>& measurements) {
    return append_payload(payload_of(measurements));
}

Status PartialFile::append_payload(const std::string& payload) {
    const uint64_t base = end_ + kFrameHead;
    if (Status s = write_frame(payload); !s.ok()) return s;
    index_frame(payload, base);
    return {};
}

const FinishedTensor* PartialFile::find(const std::string& name) const {
    const auto named = [&](const FinishedTensor& t) { return t.name == name; };
    const auto found = std::find_if(finished_.rbegin(), finished_.rend(), named);
    return found == finished_.rend() ? nullptr : &*found;
}

const FinishedTensor* PartialFile::find_first(const std::string& name) const {
    const auto named = [&](const FinishedTensor& t) { return t.name == name; };
    const auto found = std::find_if(finished_.begin(), finished_.end(), named);
    return found == finished_.end() ? nullptr : &*found;
}

Status PartialFile::read(const FinishedTensor& tensor, uint64_t begin, uint64_t bytes,
                         uint8_t* out) const {
    return read_at(descriptor_, out, bytes, tensor.offset + begin) ? Status() : fail("read");
}

void PartialFile::remove() {
    ::unlink(path_.c_str());
    ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace quern
