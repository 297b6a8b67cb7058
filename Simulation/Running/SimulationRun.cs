using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Running;
using TimeSeries.Simulation.Model;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Plans;

namespace TimeSeries.Simulation.Running;

/// <summary>
/// Runs a plan: a whole node on a disk of its own, stepped by one thread in virtual time. After every step everything that the node responds is compared with
/// what was pushed. Used once.
/// </summary>
internal sealed class SimulationRun
{
    private const ulong NodeId = 0x51E7_0000_0000_0001;

    // Starts that fail on a disk that works are no chance.
    private const int MaxStarts = 6;

    private static readonly DateTimeOffset _start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly SimulationPlan _plan;
    private readonly NodeSeams _seams;
    private readonly VirtualClock _clock = new(_start);
    private readonly ExpectedSamples _expected = new();
    private readonly List<PushAttempt> _pending = [];
    private readonly TraceHash _trace = new();
    private readonly SimulatedDisk _disk;
    private readonly ResultCheck _check;
    private readonly RuleRun? _rules;

    // Null once a damaged file has refused a start.
    private SimulatedNode? _node;
    private bool _hasStarted;

    // How the process ends when its disk is off.
    private SimulationStep? _dueEnd;

    /// <param name="plan">What is done.</param>
    /// <param name="seams">What stands between the parts; null for nothing.</param>
    public SimulationRun(SimulationPlan plan, NodeSeams? seams = null)
    {
        (_plan, _seams) = (plan, seams ?? new NodeSeams());
        _disk = new SimulatedDisk(_clock, Counts, _trace);
        _check = new ResultCheck(plan.Settings, _expected, _disk, _clock, Counts, _trace);
        _rules = plan.Settings.HasRules ? new RuleRun(_seams, _clock, _disk, _expected, _pending.Add) : null;
    }

    /// <summary>What was done and met so far.</summary>
    public FaultCounts Counts { get; } = new();

    /// <summary>A hash of all calls to the disk, all outcomes and all results.</summary>
    public ulong Trace => _trace.Value;

    /// <summary>Runs the plan. Returns what went wrong, with the step; null when nothing did.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a node throws is what the run looks for, and it is returned.")]
    public string? Run()
    {
        // With a context, what waits would go on in the pool. Without one it does so within the call that ends the wait.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        int step = 0;
        try
        {
            new NodeFile(NodeId, SimulatedNode.Machine, []).Write(_disk.Files, SimulatedNode.Folder);
            _rules?.Prepare();
            Start(null);
            for (; step < _plan.Steps.Length && _node is not null; step++)
            {
                Counts.Count(_plan.Steps[step].Kind);
                TakeUntilOff(_plan.Steps[step]);
                Look(_plan.Steps[step].Random());
            }

            End();
            return null;
        }
        catch (Exception fault)
        {
            string what = fault is SimulationFault ? fault.Message : fault.ToString();
            string at = step < _plan.Steps.Length ? _plan.Steps[step].ToString() : "the end";
            return string.Create(CultureInfo.InvariantCulture, $"step {step}, {at}: {what}");
        }
        finally
        {
            _rules?.End();
            _node?.EndThreads();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    // A step whose disk goes off is the last of its process.
    private void TakeUntilOff(SimulationStep step)
    {
        try
        {
            Take(step);
        }
        catch (IOException) when (_disk.Files.Power.IsOff)
        {
            // The process has ended within the step.
        }

        if (_disk.Files.Power.IsOff && _dueEnd is { } end)
        {
            StartAgain(end.Kind, end.Random());
        }
    }

    private void Take(SimulationStep step)
    {
        SimulatedNode node = _node!;
        Random random = step.Random();
        switch (step.Kind)
        {
            case StepKind.Push or StepKind.LatePush:
                Push(_expected.Make(random, _clock.Milliseconds, step.Kind == StepKind.LatePush));
                break;
            case StepKind.Resend:
                PushAgain(random, batch => batch.Acknowledged > 0);
                break;
            case StepKind.Retry:
                PushAgain(random, batch => batch.Acknowledged == 0);
                break;
            case StepKind.RepeatAlert:
                RepeatAlert(random);
                break;
            case StepKind.Commit:
                node.Commit();
                break;
            case StepKind.Apply:
                for (int i = random.Next(1, 5); i > 0 && node.Apply(); i--)
                {
                }

                break;
            case StepKind.Probe:
                node.Probe();
                break;
            case StepKind.Seal:
                _clock.Advance(node.Seal().Wait);
                break;
            case StepKind.Compact:
                _check.NoteRetention();
                node.Compact();
                node.Compact();
                break;
            case StepKind.Scrub:
                node.Scrub();
                break;
            case StepKind.Checkpoint:
                node.Checkpoint();
                break;
            case StepKind.Rules:
                _rules?.Step(random);
                break;
            case StepKind.Advance:
                _clock.Advance(random.Next(5) == 0 ? TimeSpan.FromMinutes(11) : TimeSpan.FromSeconds(random.Next(20)));
                break;
            case StepKind.ClockForward or StepKind.ClockBack:
                Correct(step.Kind, random);
                break;
            case StepKind.Kill or StepKind.PowerCut when random.Next(3) > 0:
                _dueEnd = step;
                _disk.ArmEnd(random);
                break;
            case StepKind.Kill or StepKind.PowerCut or StepKind.Restart:
                StartAgain(step.Kind, random);
                break;
            default:
                _disk.Arm(step);
                break;
        }
    }

    private void Push(ExpectedBatch batch)
    {
        Task<CommitResult> response = _node!.Submitter.SubmitAsync(
            ExpectedSamples.ColumnsOf(batch), batch.Key, new BatchCounts(batch.Samples.Length, 0, 0, 0), madeIds: 0);
        PushAttempt attempt = new(batch, response);
        batch.Begin(attempt);
        _pending.Add(attempt);
    }

    // A batch without a key is a new one each time, so only those with one are sent again.
    private void PushAgain(Random random, Predicate<ExpectedBatch> which)
    {
        List<ExpectedBatch> batches = _expected.Batches.FindAll(batch => batch.Key is not null && which(batch));
        if (batches.Count > 0)
        {
            Push(batches[random.Next(batches.Count)]);
        }
    }

    private void RepeatAlert(Random random)
    {
        List<ExpectedSample> alerts = _expected.Samples.FindAll(sample => sample.Kind == Kind.Alert && !sample.IsRaised);
        Push(_expected.Make(random, _clock.Milliseconds, isLate: false, alerts.Count > 0 ? alerts[random.Next(alerts.Count)] : null));
    }

    private void Correct(StepKind kind, Random random)
    {
        TimeSpan by = random.Next(3) switch
        {
            0 => TimeSpan.FromMilliseconds(random.Next(60_000)),
            1 => TimeSpan.FromMinutes(random.Next(50)),
            _ => TimeSpan.FromHours(random.Next(kind == StepKind.ClockForward ? 50 : 3)),
        };
        Counts.Count(kind == StepKind.ClockForward ? FaultKind.ClockForward : FaultKind.ClockBack);
        _clock.Correct(kind == StepKind.ClockForward ? by : -by);
    }

    private void StartAgain(StepKind kind, Random random)
    {
        bool hasStopped = kind == StepKind.Restart && _rules?.Stop(_node!) != false && _node!.Stop();
        Collect();
        _rules?.End();
        if (!hasStopped)
        {
            _node!.EndThreads();
        }

        Abandon();
        (_node, _dueEnd) = (null, null);
        if (kind == StepKind.PowerCut)
        {
            _disk.CutPower(random);
        }
        else if (hasStopped)
        {
            _disk.Leave();
        }
        else
        {
            _disk.Kill();
        }

        _disk.PutBack();
        _hasStarted = true;
        Start(random);
    }

    // A start may fail while the disk does; the next one, on a disk that works, must not, unless it names a file that was damaged.
    private void Start(Random? random)
    {
        for (int starts = 0; _node is null; starts++)
        {
            if (starts == 0 && random is not null)
            {
                _disk.ArmStart(random);
            }

            (long failures, long reads) = (_disk.Failures, _disk.FailedReads);
            try
            {
                _node = SimulatedNode.Start(_plan.Settings, _seams, _disk.Files, _clock);
                _rules?.Begin(_node);
            }
            catch (Exception fault) when (fault is IOException or StartRefusedException)
            {
                bool hasFailed = _disk.Failures > failures;
                Counts.Count(FaultKind.FailedStart);
                _clock.ForgetTimers();
                _disk.Leave();
                if (!hasFailed && _disk.Damage.Any)
                {
                    Counts.RefusedStarts++;
                    return;
                }

                if (!hasFailed || starts == MaxStarts)
                {
                    throw new SimulationFault($"the node does not start: {fault.Message}", fault);
                }
            }

            if (_disk.FailedReads > reads)
            {
                // What can't be read at a start is taken for damaged.
                _disk.Damage.Plant(SimulatedNode.Folder + "/log", 0, 0);
            }
        }
    }

    private void Look(Random random)
    {
        Collect();
        foreach (ExpectedBatch batch in _expected.Batches)
        {
            batch.NoteTime(_clock.Milliseconds, NodeSettings.IdWindow, _disk.Damage.ForgetsKeys);
        }

        if (_node is { } node)
        {
            _check.Run(node, random);
            if (_hasStarted)
            {
                _check.Settle();
            }
        }

        _hasStarted = false;
    }

    private void Collect()
    {
        foreach (PushAttempt attempt in _pending.Where(attempt => attempt.Response.IsCompleted).ToArray())
        {
            _pending.Remove(attempt);
            CommitResult result = attempt.Response.GetAwaiter().GetResult();
            _trace.Add((long)result.Outcome);
            _trace.Add(result.Position.Offset);
            if (attempt.Batch.End(attempt, result) is { } wrong)
            {
                throw new SimulationFault(wrong);
            }
        }
    }

    private void Abandon()
    {
        foreach (ExpectedBatch batch in _expected.Batches)
        {
            batch.Abandon();
        }

        _pending.Clear();
    }

    // Everything is made good at last: each push has its response, and what was acknowledged is there after a stop and after a power cut.
    private void End()
    {
        if (_node is { } node)
        {
            _disk.Heal();
            node.CommitAll();
            Look(new Random(0));
            _rules?.Finish(node, () => Look(new Random(0)));
            Collect();
            if (_pending is [var open, ..])
            {
                throw new SimulationFault($"a push of batch {open.Batch.Number} has no response");
            }

            Look(new Random(0));
        }

        foreach (StepKind last in new[] { StepKind.Restart, StepKind.PowerCut })
        {
            if (_node is not null)
            {
                StartAgain(last, new Random(1));
                Look(new Random(2));
            }
        }
    }
}

/// <summary>A promise was broken.</summary>
internal sealed class SimulationFault : Exception
{
    public SimulationFault()
    {
    }

    public SimulationFault(string message)
        : base(message)
    {
    }

    public SimulationFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
