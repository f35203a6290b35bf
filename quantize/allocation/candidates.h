// The matrices whose formats are to be chosen, and what is known of them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "allocation/lagrangian.h"
#include "quantize/recipe.h"
#include "tensor/model_file.h"

namespace quern {

/// "attn_q.weight" of "blk.3.attn_q.weight"; other names are kinds of their own.
std::string_view kind_of(std::string_view name);

struct Candidate {
    const FileTensor* tensor = nullptr;
    std::vector<const Format*> formats;
    std::vector<double> noise;  ///< of `formats`, relative (format_noise.h); empty: not measured
    double probe_noise = 0;     ///< of probe_format() on the range of each group (kind_probe.h)
};

/// The matrices of a model that a recipe leaves open.
class Candidates {
  public:
    Candidates(const ModelFile& in, const Recipe& recipe);

    const std::vector<Candidate>& all() const { return candidates_; }
    /// nullptr: it is none.
    Candidate* find(std::string_view name);
    /// kind_of() their names, in the order of the model.
    const std::vector<std::string>& kinds() const { return kinds_; }
    /// Names of the candidates of a kind.
    std::set<std::string> of_kind(std::string_view kind) const;
    bool measured() const;
    /// Of every candidate's formats; their cost is the predicted loss, which is 0 before noise is
    /// measured. `divergences` by kind: KindProbe::divergence(). A kind that a probe changes too
    /// little to tell, as it was in the probe's format, weighs as much as the others do in the
    /// geometric mean.
    std::vector<std::vector<Choice>> choices(
        const std::map<std::string, double>& divergences) const;

    int64_t weights() const { return weights_; }               ///< of the whole model
    uint64_t decided_bytes() const { return decided_bytes_; }  ///< of tensors that are none

  private:
    std::map<std::string_view, double> weights_of_kinds(
        const std::map<std::string, double>& divergences) const;

    std::vector<Candidate> candidates_;
    std::vector<std::string> kinds_;
    int64_t weights_ = 0;
    uint64_t decided_bytes_ = 0;
};

}  // namespace quern
