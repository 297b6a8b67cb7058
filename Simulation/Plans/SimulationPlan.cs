using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Simulation.Node;

namespace TimeSeries.Simulation.Plans;

/// <summary>Everything that a run does: the node's settings and the steps. The same plan always gives the same run.</summary>
internal sealed record SimulationPlan(NodeSettings Settings, ImmutableArray<SimulationStep> Steps)
{
    // How often each step comes where nothing fails. Enough pushes fill heads, blocks and segments within fifty steps.
    private static readonly (StepKind Kind, int Weight)[] _usual =
    [
        (StepKind.Push, 26), (StepKind.LatePush, 4), (StepKind.Resend, 4), (StepKind.Retry, 5), (StepKind.RepeatAlert, 3),
        (StepKind.Commit, 22), (StepKind.Apply, 18), (StepKind.Probe, 1), (StepKind.Seal, 12), (StepKind.Compact, 6),
        (StepKind.Scrub, 3), (StepKind.Checkpoint, 5), (StepKind.Rules, 22), (StepKind.Advance, 5),
    ];

    private static readonly (StepKind Kind, int Weight)[] _ends = [(StepKind.Kill, 3), (StepKind.PowerCut, 4), (StepKind.Restart, 2)];

    private static readonly (StepKind Kind, int Weight)[] _clock = [(StepKind.ClockForward, 3), (StepKind.ClockBack, 3)];

    private static readonly (StepKind Kind, int Weight)[] _failures =
    [
        (StepKind.ShortWrite, 4), (StepKind.ShortRead, 2), (StepKind.FailedFlush, 4), (StepKind.FailedCall, 4), (StepKind.TooManyFiles, 2),
        (StepKind.FullDisk, 2), (StepKind.RoomOnDisk, 3), (StepKind.SlowDisk, 2),
    ];

    private static readonly (StepKind Kind, int Weight)[] _damage =
        [(StepKind.BitFlip, 2), (StepKind.LostWrite, 2), (StepKind.MisdirectedWrite, 2), (StepKind.StaleFile, 3)];

    /// <summary>The plan of a seed.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="withoutDamage">Leaves out what damages files: for a node that has a fault of its own planted, which must not hide behind that.</param>
    public static SimulationPlan Of(long seed, int steps, bool withoutDamage = false)
    {
        Random random = new(HashCode(seed));
        NodeSettings settings = NodeSettings.Draw(random);
        List<(StepKind Kind, int Weight)> kinds = [.. _usual, .. _ends];

        // Not every run meets everything: what is rare together is met alone too, and most runs have files that nobody damages.
        bool damages = random.Next(3) == 0 && !withoutDamage;
        kinds.AddRange(random.Next(2) == 0 ? _clock : []);
        kinds.AddRange(random.Next(4) > 0 ? _failures : []);
        kinds.AddRange(damages ? _damage : []);
        int total = kinds.Sum(kind => kind.Weight);
        ImmutableArray<SimulationStep>.Builder drawn = ImmutableArray.CreateBuilder<SimulationStep>(steps);
        for (int i = 0; i < steps; i++)
        {
            drawn.Add(new SimulationStep(Draw(kinds, random.Next(total)), random.Next()));
        }

        return new SimulationPlan(settings, drawn.MoveToImmutable());
    }

    /// <summary>A plan of given steps, as <see cref="StepText"/> gives them.</summary>
    public static SimulationPlan Parse(NodeSettings settings, string steps) =>
        new(settings, [.. steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(SimulationStep.Parse)]);

    /// <summary>The steps in a line.</summary>
    public string StepText => string.Join(' ', Steps);

    private static StepKind Draw(List<(StepKind Kind, int Weight)> kinds, int at)
    {
        foreach ((StepKind kind, int weight) in kinds)
        {
            at -= weight;
            if (at < 0)
            {
                return kind;
            }
        }

        throw new InvalidOperationException("The weights have another sum.");
    }

    // Neighbouring seeds have nothing in common (splitmix64).
    private static int HashCode(long seed)
    {
        ulong mixed = (ulong)seed + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) >> 33);
    }
}

/// <summary>A step. All that it decides comes from its own number, so that it does the same when others are left out.</summary>
internal readonly record struct SimulationStep(StepKind Kind, int Seed)
{
    /// <summary>The random numbers of the step.</summary>
    public Random Random() => new(Seed);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}:{Seed:x}");

    /// <summary>Reads what <see cref="ToString"/> gives.</summary>
    public static SimulationStep Parse(string text) => text.Split(':') is [string kind, string seed]
        ? new(Enum.Parse<StepKind>(kind), int.Parse(seed, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
        : throw new FormatException($"'{text}' is no step.");
}
