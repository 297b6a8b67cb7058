using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Simulation.Model;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Rules;

namespace TimeSeries.Simulation.Running;

/// <summary>The alert rules of a run through all its processes: makes their steps, and compares what they do with the contract.</summary>
internal sealed class RuleRun(NodeSeams seams, VirtualClock clock, SimulatedDisk disk, ExpectedSamples samples, Action<PushAttempt> track)
{
    // Half an hour is enough for a receiver that has failed before.
    private static readonly TimeSpan[] _lastWaits = [.. new[] { 11, 11, 301, 301, 11, 11, 301, 301, 11, 11 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    private readonly ExpectedRules _expected = new(samples, clock, disk, track);
    private SimulatedAlerting? _alerting;
    private SimulatedReceiver? _receiver;

    /// <summary>Writes the rules and receivers onto a disk that works.</summary>
    public void Prepare()
    {
        DefinitionFiles rules = new(disk.Files, SimulatedAlerting.Folder, "rules");
        DefinitionFiles receivers = new(disk.Files, SimulatedAlerting.Folder, "receivers");
        foreach (long pcode in SimulatedRule.Projects)
        {
            foreach (SimulatedRule rule in SimulatedRule.All)
            {
                rules.Write(pcode, rule.Name, RuleFormat.WriteStored(rule.ToStored(pcode)));
            }

            Receiver receiver = new() { Name = ExpectedNotices.ReceiverOf(pcode), Url = new Uri("http://ops.example/alerts") };
            receivers.Write(pcode, receiver.Name, ReceiverFormat.ToFile(receiver));
        }
    }

    /// <summary>A process begins.</summary>
    public void Begin(SimulatedNode node)
    {
        _receiver = new SimulatedReceiver(_expected, disk.Files);
        _alerting = new SimulatedAlerting(node, seams, disk.Files, clock, _expected, _receiver);
        _expected.Begin(_alerting.Engine, StateFile);
    }

    /// <summary>Seconds pass, and the loop has its step.</summary>
    public void Step(Random random)
    {
        clock.Advance(TimeSpan.FromSeconds(random.Next(1, 13)));
        _receiver!.IsFailing = random.Next(4) == 0;
        Step();
    }

    /// <summary>The process stops. False when it can't.</summary>
    public bool Stop(SimulatedNode node)
    {
        const int MaxTries = 20;
        Continue();
        _alerting!.BeginStop();
        for (int tries = 0; tries < MaxTries && _alerting.Engine.All.Any(rule => rule.IsRunning); tries++)
        {
            node.Commit();
            node.Apply();
            clock.Advance(node.Seal().Wait);
            Continue();
        }

        bool hasStopped = false;
        Watch(() => hasStopped = _alerting.Stop());
        return hasStopped;
    }

    /// <summary>The process has ended.</summary>
    public void End()
    {
        _alerting?.End();
        _alerting = null;
    }

    /// <summary>Everything works again: what is due is evaluated, and what is to be told is told.</summary>
    /// <param name="node">The node.</param>
    /// <param name="look">Looks at what the store has.</param>
    public void Finish(SimulatedNode node, Action look)
    {
        _receiver!.IsFailing = false;
        string? wrong = "";
        for (int i = 0; i < _lastWaits.Length && wrong is not null; i++)
        {
            clock.Advance(_lastWaits[i]);
            for (int tries = 0; tries == 0 || (_expected.IsBehind() && tries < _lastWaits.Length * 2); tries++)
            {
                Step();
                node.CommitAll();

                // A full WAL takes alerts again once it may forget.
                node.Checkpoint();
                Continue();
            }

            look();

            wrong = disk.Damage.Any ? null : _expected.IsBehind() ? "evaluations are due and don't come" : _expected.Notices.FindUntold(_expected.Raised);
        }

        if (wrong is not null)
        {
            throw new SimulationFault(wrong);
        }
    }

    private void Continue() => Watch(() =>
    {
        _alerting!.Continue();
        return false;
    });

    // What has waited goes on first, so that the states are known which the step saves.
    private void Step()
    {
        Continue();
        Watch(() =>
        {
            _alerting!.Step();
            return true;
        });
    }

    // Work returns whether it has also kept what receivers were told.
    private void Watch(Func<bool> work)
    {
        long failures = disk.Failures;
        bool hasKept = false;
        _expected.BeginStep();
        try
        {
            hasKept = work();
        }
        catch (IOException) when (disk.Failures > failures)
        {
            // The loop goes on with its next step.
        }

        bool hasFailed = disk.Failures > failures || disk.Files.Power.IsOff;
        _expected.EndStep(StateFile, hasFailed, hasKept && !hasFailed);
    }

    private byte[]? StateFile(long pcode)
    {
        string path = $"{SimulatedAlerting.Folder}/{pcode}/state.json";
        return !disk.Files.Power.IsOff && disk.Files.Exists(path) ? disk.Files.Bytes(path) : null;
    }
}
