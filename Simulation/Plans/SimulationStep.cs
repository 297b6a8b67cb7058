using System.Globalization;

namespace TimeSeries.Simulation.Plans;

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
