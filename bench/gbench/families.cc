// What is registered.
#include "parts.h"

namespace gbench {

// A counter or fields of such a name would be a second member of that name in the result's JSON object.
bool is_reserved(const std::string &name) {
    static const char reserved[] =
        " name family_index per_family_instance_index run_name run_type repetitions repetition_index threads "
        "aggregate_name aggregate_unit error_occurred error_message iterations real_time cpu_time time_unit label ";
    return strstr(reserved, (" " + name + " ").c_str()) != nullptr;
}

static std::string quoted(const char *text) {
    std::string result = "\"";
    for (char c : clean(text))
        result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return result + '"';
}

Fields::Fields(const gb_benchmark &wanted) {
    for (size_t i = 0; i < wanted.field_count; i++) {
        const gb_field &field = wanted.fields[i];
        list.push_back({copy(field.name), field.text ? copy(field.text) : nullptr, field.number});
        char number[32];
        snprintf(number, sizeof number, "%.17g", field.number);
        member += (i ? ", " : "{") + quoted(field.name) + ": " + (field.text ? quoted(field.text) : number);
    }
    if (!list.empty())
        member = quoted(wanted.fields_name) + ": " + member + "}";
}

const char *Fields::copy(const char *text) {
    texts.push_back(clean(text));
    return texts.back().c_str();
}

} // namespace gbench

using namespace gbench;

namespace {

int check_definition(const gb_benchmark &wanted) {
    if (!wanted.name || !*wanted.name)
        return fail("a benchmark needs a name");
    if (!wanted.function)
        return fail("benchmark %s needs a function", wanted.name);
    if (!is_time(wanted.min_time) || !is_time(wanted.min_warm_up_time) || wanted.iterations < 0 ||
        wanted.repetitions < 0)
        return fail("benchmark %s: times, iterations and repetitions are finite and not negative", wanted.name);
    if (wanted.iterations > 0 && wanted.min_time + wanted.min_warm_up_time > 0)
        return fail("benchmark %s: give iterations or times, not both", wanted.name);
    if (wanted.min_warm_up_time > 0 && !(wanted.min_time > 0))
        return fail("benchmark %s: min_warm_up_time needs min_time", wanted.name);
    if (wanted.complexity_curve ? wanted.complexity != GB_O_NONE && wanted.complexity != GB_O_CURVE
                                : wanted.complexity < GB_O_NONE || wanted.complexity > GB_O_AUTO)
        return fail("benchmark %s: give one of the known complexities, or a curve", wanted.name);
    if (wanted.field_count > 0 && (!wanted.fields_name || !*wanted.fields_name || is_reserved(wanted.fields_name)))
        return fail("benchmark %s: its fields need a name that JSON results do not have yet", wanted.name);
    for (size_t i = 0; i < wanted.field_count; i++)
        if (!wanted.fields[i].name || !std::isfinite(wanted.fields[i].number))
            return fail("benchmark %s: field %zu has no name, or no finite number", wanted.name, i);
    return 0;
}

void apply(const gb_benchmark &wanted, benchmark::internal::Benchmark *registered) {
    static const benchmark::TimeUnit units[] = {benchmark::kNanosecond, benchmark::kMicrosecond,
                                                benchmark::kMillisecond, benchmark::kSecond};
    static const benchmark::BigO curves[] = {benchmark::oNone,     benchmark::o1,      benchmark::oN,
                                             benchmark::oNSquared, benchmark::oNCubed, benchmark::oLogN,
                                             benchmark::oNLogN,    benchmark::oAuto};
    if (wanted.unit >= GB_NS && wanted.unit <= GB_S)
        registered->Unit(units[wanted.unit - GB_NS]);
    if (wanted.clock == GB_REAL_TIME)
        registered->UseRealTime();
    if (wanted.clock == GB_MANUAL_TIME)
        registered->UseManualTime();
    if (wanted.process_cpu_time)
        registered->MeasureProcessCPUTime();
    if (wanted.min_time > 0)
        registered->MinTime(wanted.min_time);
    if (wanted.min_warm_up_time > 0)
        registered->MinWarmUpTime(wanted.min_warm_up_time);
    if (wanted.iterations > 0)
        registered->Iterations(wanted.iterations);
    if (wanted.repetitions > 0)
        registered->Repetitions(wanted.repetitions);
    if (wanted.complexity_curve)
        registered->Complexity(wanted.complexity_curve);
    else
        registered->Complexity(curves[wanted.complexity]);
}

// Adds an instance for every combination of the lists.
int add_product(gb_family *family, const std::vector<std::vector<int64_t>> &lists) {
    if (family->args != no_args && family->args != lists.size())
        return fail("benchmark %s: its arguments or their names are %zu, here %zu", family->name.c_str(), family->args,
                    lists.size());
    double count = lists.empty() ? 0 : 1; // does not overflow
    for (const auto &list : lists)
        count *= static_cast<double>(list.size());
    if (count == 0)
        return fail("benchmark %s: a list of arguments is empty", family->name.c_str());
    if (!(count <= static_cast<double>(max_instances - family->count)))
        return fail("benchmark %s: more than %zu instances", family->name.c_str(), max_instances);
    family->registered->ArgsProduct(lists);
    family->args = lists.size();
    family->count += static_cast<size_t>(count);
    return 0;
}

int check_range(const gb_family *family, const gb_span &range) {
    if (range.first > range.last || range.multiplier < 0 || range.multiplier == 1)
        return fail("benchmark %s: a range from %lld to %lld by %d", family->name.c_str(),
                    static_cast<long long>(range.first), static_cast<long long>(range.last), range.multiplier);
    return 0;
}

} // namespace

// -- the interface ----------------------------------------------------------------------------------------------------

struct gb_family *gb_register(const struct gb_benchmark *wanted) {
    gb_family *family = nullptr;
    int status = guarded([&] {
        if (check_definition(*wanted) != 0)
            return -1;
        families.push_back(std::unique_ptr<gb_family>(
            new gb_family{*wanted, clean(wanted->name), Fields(*wanted), nullptr, no_args, 0, false, {}}));
        gb_family *added = families.back().get();
        auto function = [added](benchmark::State &state) { run_one(state, *added); };
        added->registered = benchmark::RegisterBenchmark(added->name.c_str(), function);
        apply(*wanted, added->registered);
        family = added;
        return 0;
    });
    return status == 0 ? family : nullptr;
}

int gb_args(struct gb_family *family, const int64_t *args, size_t count) {
    return guarded([=] {
        std::vector<std::vector<int64_t>> lists;
        for (int64_t arg : std::vector<int64_t>(args, args + count))
            lists.push_back({arg});
        return add_product(family, lists);
    });
}

int gb_range(struct gb_family *family, int64_t first, int64_t last, int multiplier) {
    const gb_span range = {first, last, multiplier};
    return gb_ranges(family, &range, 1);
}

int gb_dense_range(struct gb_family *family, int64_t first, int64_t last, int64_t step) {
    return guarded([=] {
        const uint64_t width = static_cast<uint64_t>(last) - static_cast<uint64_t>(first);
        if (first > last || step < 1)
            return fail("benchmark %s: a range from %lld to %lld by %lld", family->name.c_str(),
                        static_cast<long long>(first), static_cast<long long>(last), static_cast<long long>(step));
        if (width / static_cast<uint64_t>(step) >= max_instances)
            return fail("benchmark %s: more than %zu instances", family->name.c_str(), max_instances);
        std::vector<int64_t> list = {first};
        for (uint64_t left = width / static_cast<uint64_t>(step); left > 0; left--)
            list.push_back(list.back() + step);
        return add_product(family, {list});
    });
}

int gb_ranges(struct gb_family *family, const struct gb_span *ranges, size_t count) {
    return guarded([=] {
        std::vector<std::vector<int64_t>> lists;
        for (const gb_span *range = ranges; range != ranges + count; range++) {
            if (check_range(family, *range) != 0)
                return -1;
            lists.push_back(
                benchmark::CreateRange(range->first, range->last, range->multiplier ? range->multiplier : 8));
        }
        return add_product(family, lists);
    });
}

int gb_args_product(struct gb_family *family, const struct gb_list *lists, size_t count) {
    return guarded([=] {
        std::vector<std::vector<int64_t>> copies;
        for (const gb_list *list = lists; list != lists + count; list++)
            copies.emplace_back(list->values, list->values + list->count);
        return add_product(family, copies);
    });
}

int gb_arg_names(struct gb_family *family, const char *const *names, size_t count) {
    return guarded([=] {
        if (family->args != no_args && family->args != count)
            return fail("benchmark %s has %zu arguments, and here are %zu names", family->name.c_str(), family->args,
                        count);
        std::vector<std::string> copies;
        for (size_t i = 0; i < count; i++)
            copies.push_back(clean(names[i] ? names[i] : ""));
        family->registered->ArgNames(copies);
        family->args = count;
        return 0;
    });
}
