using System.Globalization;
using TimeSeries.Simulation.Node;
using TimeSeries.Simulation.Plans;

namespace TimeSeries.Simulation.Running;

/// <summary>A seed that fails, with what is left of its plan when everything is left out that is not needed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="What">What went wrong in the whole plan.</param>
/// <param name="Shrunk">The plan that is left.</param>
/// <param name="ShrunkWhat">What goes wrong in it.</param>
internal sealed record SimulationFailure(long Seed, string What, SimulationPlan Shrunk, string ShrunkWhat)
{
    /// <summary>Shrinks a failing seed.</summary>
    public static SimulationFailure Of(long seed, SimulationPlan plan, string what, Func<NodeSeams>? seams = null)
    {
        string? last = null;
        SimulationPlan shrunk = PlanShrinker.Shrink(plan, fewer =>
        {
            string? wrong = new SimulationRun(fewer, seams?.Invoke()).Run();
            last = wrong ?? last;
            return wrong is not null;
        });
        return new SimulationFailure(seed, what, shrunk, new SimulationRun(shrunk, seams?.Invoke()).Run() ?? last ?? what);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Seed}: {What}\n  shrunk to {Shrunk.Steps.Length} steps: {ShrunkWhat}\n  {Shrunk.Settings}\n  {Shrunk.StepText}");
}
