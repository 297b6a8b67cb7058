using System.Globalization;

namespace TimeSeries.Tests.Alerting.Evaluation;

/// <summary>A transaction as a test knows it.</summary>
internal sealed record NaiveSample(long Time, string Service, long Micros, int? Status, bool Failed, string Agent);

/// <summary>
/// A rule evaluated the long way, from the words of the contract: it remembers every evaluation's outcome of each group and looks back over them. Written
/// apart from the product; shares nothing with it.
/// </summary>
internal sealed class NaiveRule
{
    private readonly Dictionary<string, List<(long Time, bool? Holds)>> _outcomes = [];
    private readonly Dictionary<string, (long Pending, long Fired)> _firing = [];

    public required string Name { get; init; }

    public required string Measure { get; init; }

    public required string[] By { get; init; }

    public required (string Text, Func<NaiveSample, bool> Test)[] Where { get; init; }

    public required long Window { get; init; }

    public required int MinCount { get; init; }

    public required string Operator { get; init; }

    public required double Threshold { get; init; }

    public double? ResolveThreshold { get; init; }

    public (int Days, double Factor, int MinDays)? Baseline { get; init; }

    public required long For { get; init; }

    public required long KeepFiringFor { get; init; }

    public required long Every { get; init; }

    public required string NoData { get; init; }

    /// <summary>The rule as the API takes it.</summary>
    public string Json()
    {
        string threshold = Baseline is { } baseline
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"baseline":"{{baseline.Days}}d","factor":{{baseline.Factor}},"minDays":{{baseline.MinDays}}}""")
            : Threshold.ToString("R", CultureInfo.InvariantCulture);
        string resolve = ResolveThreshold is { } bound ? string.Create(CultureInfo.InvariantCulture, $",\"resolveThreshold\":{bound:R}") : "";
        string Texts(IEnumerable<string> texts) => string.Join(",", texts.Select(text => $"\"{text}\""));
        return $$"""
            {"query":{"kind":"transaction","measure":"{{Measure}}","by":[{{Texts(By)}}],"where":[{{Texts(Where.Select(where => where.Text))}}],
            "window":"{{Window / 1_000}}s","minCount":{{MinCount}}},
            "condition":{"operator":"{{Operator}}","threshold":{{threshold}}{{resolve}}},"for":"{{For / 1_000}}s",
            "keepFiringFor":"{{KeepFiringFor / 1_000}}s","every":"{{Every / 1_000}}s","noData":"{{NoData}}"}
            """;
    }

    /// <summary>
    /// Evaluates the rule at a time over what has arrived; returns the transitions as <see cref="RuleHost.Describe(string, string, bool, long)"/>.
    /// </summary>
    public IEnumerable<string> Evaluate(long time, IReadOnlyList<NaiveSample> arrived)
    {
        if (time % Every != 0)
        {
            return [];
        }

        Dictionary<string, double> values = Values(arrived, time);
        List<string> found = [];
        HashSet<string> groups = [.. values.Keys, .. _firing.Keys, .. _outcomes.Keys];
        if (By.Length == 0)
        {
            groups.Add("");
        }

        foreach (string group in groups.Order(StringComparer.Ordinal))
        {
            bool isFiring = _firing.ContainsKey(group);
            bool? holds = values.TryGetValue(group, out double value)
                ? Holds(value, isFiring && Baseline is null ? ResolveThreshold ?? Threshold : ThresholdOf(group, arrived, time))
                : isFiring || By.Length == 0 ? NoData switch { "resolve" => false, "alert" => true, _ => null } : false;
            Note(group, time, holds);
            if (Change(group, time, holds) is { } change)
            {
                found.Add(change);
            }
        }

        return found;
    }

    private void Note(string group, long time, bool? holds)
    {
        if (!_outcomes.TryGetValue(group, out List<(long, bool?)>? outcomes))
        {
            _outcomes[group] = outcomes = [];
        }

        outcomes.Add((time, holds));
    }

    // An outcome of null is as if the evaluation had not been.
    private string? Change(string group, long time, bool? holds)
    {
        if (holds is null)
        {
            return null;
        }

        bool isFiring = _firing.ContainsKey(group);
        long since = time;
        foreach ((long at, bool? held) in _outcomes[group].AsEnumerable().Reverse())
        {
            if (held == !holds)
            {
                break;
            }

            since = held is null ? since : at;
        }

        if (!isFiring && holds == true && time - since >= For)
        {
            _firing[group] = (since, time);
            _outcomes[group].Clear();
            return RuleHost.Describe(Name, group, isFiring: true, time);
        }

        if (isFiring && holds == false && time - since >= KeepFiringFor)
        {
            _firing.Remove(group);
            _outcomes.Remove(group);
            return RuleHost.Describe(Name, group, isFiring: false, time);
        }

        return null;
    }

    private double ThresholdOf(string group, IReadOnlyList<NaiveSample> arrived, long time)
    {
        if (Baseline is not { } baseline)
        {
            return Threshold;
        }

        List<double> days = [];
        for (int day = 1; day <= baseline.Days; day++)
        {
            if (Values(arrived, time - (day * 86_400_000L)).TryGetValue(group, out double value))
            {
                days.Add(value);
            }
        }

        return days.Count < baseline.MinDays ? double.NaN : days.Average() * baseline.Factor;
    }

    private Dictionary<string, double> Values(IReadOnlyList<NaiveSample> arrived, long time) => arrived
        .Where(sample => sample.Time >= time - Window && sample.Time < time && Where.All(where => where.Test(sample)))
        .GroupBy(GroupOf)
        .Where(group => group.Count() >= MinCount)
        .ToDictionary(group => group.Key, group => ValueOf([.. group]));

    private string GroupOf(NaiveSample sample) => string.Join(",", By.Order(StringComparer.Ordinal).Select(field => field switch
    {
        "service" => $"service={sample.Service}",
        "oname" => $"oname={sample.Agent}",
        _ => sample.Status is { } status ? string.Create(CultureInfo.InvariantCulture, $"status={status}") : null,
    }).Where(label => label is not null));

    private double ValueOf(NaiveSample[] samples) => Measure switch
    {
        "count" => samples.Length,
        "rate" => samples.Length * 1_000.0 / Window,
        "error_rate" => samples.Count(sample => sample.Failed) / (double)samples.Length,
        "avg(elapsed)" => samples.Sum(sample => sample.Micros) / (samples.Length * 1_000.0),
        "sum(elapsed)" => samples.Sum(sample => sample.Micros) / 1_000.0,
        "min(elapsed)" => samples.Min(sample => sample.Micros) / 1_000.0,
        "max(elapsed)" => samples.Max(sample => sample.Micros) / 1_000.0,
        _ => throw new InvalidOperationException(Measure),
    };

    private bool Holds(double value, double threshold) => !double.IsNaN(threshold) && Operator switch
    {
        ">" => value > threshold,
        ">=" => value >= threshold,
        "<" => value < threshold,
        "<=" => value <= threshold,
        "==" => value == threshold,
        _ => value != threshold,
    };
}
