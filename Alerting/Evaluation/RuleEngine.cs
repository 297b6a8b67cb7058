using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;

namespace TimeSeries.Alerting.Evaluation;

/// <summary>
/// Evaluates rules at their times: each time once, in order, those with the same scan together. A slow rule delays no other.
/// <see cref="Start"/> is one step, which the host calls every second. Thread safe.
/// </summary>
internal sealed partial class RuleEngine
{
    private const long LateMilliseconds = 5_000;

    private static readonly TimeSpan _writePause = TimeSpan.FromSeconds(1);
    private readonly RuleQueries _queries;
    private readonly AlertRecorder _recorder;
    private readonly AlertingOptions _options;
    private readonly AlertingInstruments _instruments;
    private readonly TimeProvider _clock;
    private readonly ILogger<RuleEngine> _logger;

    // Guards the two below and who runs.
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Pcode, string Name), RuleRuntime> _runtimes = [];
    private readonly HashSet<Task> _running = [];

    public RuleEngine(
        IRuleReader reader, AlertRecorder recorder, AlertingOptions options, AlertingInstruments instruments, TimeProvider clock, ILogger<RuleEngine> logger)
    {
        (_recorder, _options, _instruments, _clock, _logger) = (recorder, options, instruments, clock, logger);
        _queries = new RuleQueries(reader, clock);
        instruments.Observe(CountRules, CountGroups);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Delay => (long)_options.Delay.TotalMilliseconds;

    /// <summary>The rules that are evaluated.</summary>
    public ImmutableArray<RuleRuntime> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _runtimes.Values];
            }
        }
    }

    /// <summary>The rule's runtime; null when there is no such rule.</summary>
    public RuleRuntime? Find(long pcode, string name)
    {
        lock (_gate)
        {
            return _runtimes.GetValueOrDefault((pcode, name));
        }
    }

    /// <summary>Evaluates a rule from now on, in place of another of its name.</summary>
    public void Put(RuleRuntime runtime)
    {
        lock (_gate)
        {
            _runtimes[(runtime.Stored.Pcode, runtime.Stored.Rule.Name)] = runtime;
        }
    }

    /// <summary>Evaluates a rule no more.</summary>
    public void Remove(StoredRule rule)
    {
        lock (_gate)
        {
            _runtimes.Remove((rule.Pcode, rule.Rule.Name));
        }
    }

    /// <summary>Begins the evaluations that are due. They go on by themselves; those that are behind follow one another.</summary>
    /// <param name="cancellationToken">Of the host.</param>
    public void Start(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        long now = Now;
        long stamp = _clock.GetTimestamp();
        lock (_gate)
        {
            // Rules that are behind wait for those that are not: the latter are on time then.
            foreach (IGrouping<(string, long), RuleRuntime> due in _runtimes.Values
                .Where(runtime => runtime.Stored.Rule.Enabled && !runtime.IsRunning && runtime.Progress.NextTime <= now && runtime.RetryAt <= stamp)
                .GroupBy(runtime => (runtime.ScanKey, runtime.Progress.NextTime))
                .OrderByDescending(group => group.Key.NextTime))
            {
                Begin([.. due], cancellationToken);
            }
        }
    }

    /// <summary>Completes when no evaluation runs.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_gate)
            {
                running = [.. _running];
            }

            if (running.Length == 0)
            {
                return;
            }

            await Task.WhenAll(running);
        }
    }

    private void Begin(ImmutableArray<RuleRuntime> rules, CancellationToken cancellationToken)
    {
        foreach (RuleRuntime rule in rules)
        {
            rule.IsRunning = true;
        }

        // Not under the lock, which it takes at its end. On the scheduler of who calls: in a host that of the pool, in a simulation one that is stepped.
        Task task = Task.Factory.StartNew(
            () => RunAsync(rules, cancellationToken), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();
        _running.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (_gate)
                {
                    _running.Remove(ended);
                }
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever one rule meets must not end the others; it is logged, and the rule says so.")]
    private async Task RunAsync(ImmutableArray<RuleRuntime> rules, CancellationToken cancellationToken)
    {
        try
        {
            await EvaluateAsync(rules, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops; the evaluation is made up for after the next start.
        }
        catch (Exception fault)
        {
            LogFault(fault, string.Join(", ", rules.Select(rule => rule.Stored.Rule.Name)));
            foreach (RuleRuntime rule in rules)
            {
                Fail(rule, "An unexpected fault; the log of the server says which.", rule.Stored.Rule.Every);
            }
        }
        finally
        {
            lock (_gate)
            {
                foreach (RuleRuntime rule in rules)
                {
                    rule.IsRunning = false;
                }
            }
        }

        Start(cancellationToken);
    }

    private async Task EvaluateAsync(ImmutableArray<RuleRuntime> rules, CancellationToken cancellationToken)
    {
        long time = rules[0].Progress.NextTime;
        if (time < Now - (long)_options.CatchUp.TotalMilliseconds && await JumpAsync(rules, cancellationToken))
        {
            return;
        }

        ImmutableArray<RuleRuntime> asking = [.. rules.Where(rule => rule.Unwritten is null)];
        RuleReading[]? readings = asking.IsEmpty ? [] : await ReadAsync(asking, time, cancellationToken);
        if (readings is null)
        {
            return;
        }

        foreach (RuleRuntime rule in rules)
        {
            int index = asking.IndexOf(rule);
            await CompleteAsync(rule, time, index < 0 ? null : readings[index], cancellationToken);
        }
    }

    // Returns whether a rule is too far behind to make up for everything. What could not be written is written all the same.
    private async Task<bool> JumpAsync(ImmutableArray<RuleRuntime> rules, CancellationToken cancellationToken)
    {
        bool jumps = false;
        foreach (RuleRuntime rule in rules)
        {
            await rule.Gate.WaitAsync(cancellationToken);
            try
            {
                long earliest = rule.Stored.FirstTimeFrom(Now - (long)_options.CatchUp.TotalMilliseconds);
                if (rule.Unwritten is null && rule.Progress.NextTime is var next && next < earliest)
                {
                    rule.States.Interrupt();
                    rule.Advance(earliest);
                    rule.Health = rule.Health with { Gap = $"Evaluations from {Transitions.Moment(next)} to {Transitions.Moment(earliest)} were missed." };
                    _instruments.Skipped.Add((earliest - next) / rule.Stored.Every);
                    jumps = true;
                }
            }
            finally
            {
                rule.Gate.Release();
            }
        }

        return jumps;
    }

    // Null when there is nothing to go on with.
    private async Task<RuleReading[]?> ReadAsync(ImmutableArray<RuleRuntime> rules, long time, CancellationToken cancellationToken)
    {
        string? wrong = _queries.TryMake([.. rules.Select(rule => rule.Stored)], out RuleBatch? batch);
        string? note = wrong is null ? await _queries.WaitForStoreAsync(time, cancellationToken) : null;
        long began = _clock.GetTimestamp();
        if (wrong is null)
        {
            SampleQuery[] queries = batch!.QueriesAt(time, Delay);
            using RuleOutcome outcome = await _queries.RunAsync(rules, queries, cancellationToken);
            wrong = outcome.Fault;
            if (wrong is null)
            {
                TimeSpan duration = _clock.GetElapsedTime(began);
                RuleReading[] readings = [.. rules.Select((_, index) => batch.Read(index, queries, outcome.Results))];
                for (int i = 0; i < readings.Length; i++)
                {
                    Note(rules[i], time, duration, readings[i], note);
                }

                return readings;
            }
        }

        TimeSpan spent = _clock.GetElapsedTime(began);
        foreach (RuleRuntime rule in rules)
        {
            Fail(rule, wrong, 2 * spent > rule.Stored.Rule.Every ? 2 * spent : rule.Stored.Rule.Every);
        }

        return null;
    }

    private async Task CompleteAsync(RuleRuntime rule, long time, RuleReading? reading, CancellationToken cancellationToken)
    {
        await rule.Gate.WaitAsync(cancellationToken);
        try
        {
            if (rule.IsEnded)
            {
                return;
            }

            RuleStep step = rule.Unwritten ?? rule.States.Next(time, reading!.Value);
            if (await WriteAsync(rule, step, cancellationToken))
            {
                rule.Apply(step, step.Time + rule.Stored.Every);
            }
        }
        finally
        {
            rule.Gate.Release();
        }
    }

    /// <summary>
    /// Ends a rule that is changed or removed: what fires is resolved.
    /// </summary>
    /// <returns>Null when that is durable; else why not, as a sentence, and the rule goes on.</returns>
    public async Task<string?> EndAsync(RuleRuntime rule, long time, CancellationToken cancellationToken)
    {
        await rule.Gate.WaitAsync(cancellationToken);
        try
        {
            if (rule.Unwritten is { } unwritten && await WriteAsync(rule, unwritten, cancellationToken))
            {
                rule.Apply(unwritten, unwritten.Time + rule.Stored.Every);
            }

            RuleStep end = rule.States.End(time);
            if (rule.Unwritten is null && await WriteAsync(rule, end, cancellationToken))
            {
                rule.Apply(end, rule.Progress.NextTime);
                rule.IsEnded = true;
                return null;
            }

            // What could not be written here is found again when the rule ends.
            rule.Unwritten = rule.Unwritten == end ? null : rule.Unwritten;
            return rule.Health.Fault;
        }
        finally
        {
            rule.Gate.Release();
        }
    }

    private async Task<bool> WriteAsync(RuleRuntime rule, RuleStep step, CancellationToken cancellationToken)
    {
        string? fault = await _recorder.RecordAsync(step.Transitions, cancellationToken);
        rule.Unwritten = fault is null ? null : step;
        if (fault is not null)
        {
            Fail(rule, fault, _writePause);
        }

        return fault is null;
    }

    private void Note(RuleRuntime rule, long time, TimeSpan duration, RuleReading reading, string? note)
    {
        long late = Now - time;
        HashSet<string> active = [.. rule.Progress.Groups.Select(state => state.Key.Text)];
        _instruments.Evaluations.Add(1, new KeyValuePair<string, object?>("outcome", "ok"));
        _instruments.Duration.Record(duration.TotalSeconds);
        _instruments.Lateness.Record(late / 1_000.0);
        rule.RetryAt = 0;
        rule.Health = new RuleHealth
        {
            IsSlow = duration > rule.Stored.Rule.Every || late > LateMilliseconds,
            Note = reading.IsCut ? $"There are more than {RuleBatch.MostGroups} groups; the largest by count are looked at." : note,
            Gap = rule.Health.Gap,
            LastEvaluation = time,
            Duration = duration,
            Inactive = reading.Groups.Count(group => !active.Contains(group.Key.Text)),
        };
    }

    private void Fail(RuleRuntime rule, string fault, TimeSpan pause)
    {
        if (rule.Health.Fault != fault)
        {
            LogFailing(rule.Stored.Rule.Name, rule.Stored.Pcode, fault);
        }

        _instruments.Evaluations.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
        rule.Health = rule.Health with { Fault = fault };
        rule.RetryAt = _clock.GetTimestamp() + (long)(pause.TotalSeconds * _clock.TimestampFrequency);
    }

    private IEnumerable<Measurement<long>> CountRules()
    {
        ImmutableArray<RuleRuntime> rules = All;
        return
        [
            Health("ok", rules.Count(rule => rule.Health is { Fault: null, IsSlow: false })),
            Health("slow", rules.Count(rule => rule.Health is { Fault: null, IsSlow: true })),
            Health("failing", rules.Count(rule => rule.Health.Fault is not null)),
        ];

        static Measurement<long> Health(string name, long count) => new(count, new KeyValuePair<string, object?>("health", name));
    }

    private IEnumerable<Measurement<long>> CountGroups()
    {
        ImmutableArray<RuleRuntime> rules = All;
        long firing = rules.Sum(rule => rule.Progress.Groups.LongCount(group => group.IsFiring));
        long pending = rules.Sum(rule => rule.Progress.Groups.LongCount(group => !group.IsFiring));
        return
        [
            new(rules.Sum(rule => (long)rule.Health.Inactive), new KeyValuePair<string, object?>("state", "inactive")),
            new(pending, new KeyValuePair<string, object?>("state", "pending")),
            new(firing, new KeyValuePair<string, object?>("state", "firing")),
        ];
    }

    [LoggerMessage(5001, LogLevel.Warning, "Rule {Rule} of project {Pcode} can't be evaluated: {Fault}")]
    private partial void LogFailing(string rule, long pcode, string fault);

    [LoggerMessage(5002, LogLevel.Error, "An evaluation of {Rules} failed in a way that nobody foresaw.")]
    private partial void LogFault(Exception fault, string rules);
}
