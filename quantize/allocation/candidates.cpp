// The formats that matrices can get, and their costs.
#include "allocation/candidates.h"

#include <algorithm>
#include <cmath>

#include "allocation/probe_correction.h"

namespace quern {
namespace {

/// What a matrix can get. Scales of two levels: at 3 and 4 bits they lost less than f16 scales at
/// the same size, as did whole files that were allocated from these instead. NF4: a file of
/// 4.7 bits lost 6 % less with it.
constexpr std::string_view kFormats[] = {"q2m_g64d",  "q2m_g32d", "q3m_g64d", "q3m_g32d",
                                         "q4m_g128d", "nf4_g64d", "q4m_g64d", "q4m_g32d",
                                         "q5m_g64d",  "q5m_g32d", "q6m_g64d", "q8_g32"};

/// Relative noise below which a matrix was on the probe's grid: rounding to 8 bits makes 1e-5.
constexpr double kLeastProbeNoise = 1e-6;

Candidate candidate(const FileTensor& tensor) {
    Candidate c;
    c.tensor = &tensor;
    for (const std::string_view name : kFormats) c.formats.push_back(find_format(name));
    // A quantized tensor may stay as it is.
    if (tensor.format->is_quantized()) c.formats.push_back(tensor.format);
    return c;
}

}  // namespace

std::string_view kind_of(std::string_view name) {
    constexpr std::string_view kLayer = "blk.";
    if (name.substr(0, kLayer.size()) != kLayer) return name;
    const size_t end = name.find('.', kLayer.size());
    return end == std::string_view::npos ? name : name.substr(end + 1);
}

Candidates::Candidates(const ModelFile& in, const Recipe& recipe) {
    for (const FileTensor& t : in.tensors()) {
        weights_ += t.elements();
        const Format* decided = recipe.format_for(t.name, t.rank);
        if (t.rank == 1) {
            decided_bytes_ += static_cast<uint64_t>(t.cols()) * sizeof(float);
        } else if (decided) {
            decided_bytes_ += decided->matrix_bytes(t.rows(), t.cols());
        } else {
            candidates_.push_back(candidate(t));
            const std::string kind(kind_of(t.name));
            if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) {
                kinds_.push_back(kind);
            }
        }
    }
}

Candidate* Candidates::find(std::string_view name) {
    for (Candidate& c : candidates_) {
        if (c.tensor->name == name) return &c;
    }
    return nullptr;
}

std::set<std::string> Candidates::of_kind(std::string_view kind) const {
    std::set<std::string> names;
    for (const Candidate& c : candidates_) {
        if (kind_of(c.tensor->name) == kind) names.insert(c.tensor->name);
    }
    return names;
}

bool Candidates::measured() const {
    return std::all_of(candidates_.begin(), candidates_.end(),
                       [](const Candidate& c) { return !c.noise.empty(); });
}

/// Divergence per noise.
std::map<std::string_view, double> Candidates::weights_of_kinds(
    const std::map<std::string, double>& divergences) const {
    std::map<std::string_view, double> noise, weights;
    for (const Candidate& c : candidates_) {
        double& sum = noise[kind_of(c.tensor->name)];
        if (c.probe_noise >= kLeastProbeNoise) sum += c.probe_noise;
    }
    double logs = 0;
    for (const auto& [kind, divergence] : divergences) {
        if (divergence <= 0 || noise[kind] <= 0) continue;
        const double weight = divergence / noise[kind] * probe_correction(kind);
        weights[kind] = weight;
        logs += std::log(weight);
    }
    const double mean = weights.empty() ? 1 : std::exp(logs / static_cast<double>(weights.size()));
    for (const std::string& kind : kinds_) weights.emplace(kind, mean);
    return weights;
}

std::vector<std::vector<Choice>> Candidates::choices(
    const std::map<std::string, double>& divergences) const {
    std::map<std::string_view, double> weights = weights_of_kinds(divergences);
    std::vector<std::vector<Choice>> all;
    for (const Candidate& c : candidates_) {
        const double weight = weights[kind_of(c.tensor->name)];
        std::vector<Choice>& choices = all.emplace_back();
        for (size_t f = 0; f < c.formats.size(); ++f) {
            const uint64_t bytes = c.formats[f]->matrix_bytes(c.tensor->rows(), c.tensor->cols());
            choices.push_back({bytes, c.noise.empty() ? 0 : weight * c.noise[f]});
        }
    }
    return all;
}

}  // namespace quern
