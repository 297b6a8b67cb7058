using System.Collections.Immutable;
using TimeSeries.Simulation.Plans;

namespace TimeSeries.Simulation.Running;

/// <summary>Leaves steps out of a plan while it still fails: first halves, then quarters, at last one at a time.</summary>
internal static class PlanShrinker
{
    // A run takes some ten milliseconds.
    private const int MaxRuns = 600;

    /// <summary>The plan with fewer steps.</summary>
    /// <param name="plan">A plan that fails.</param>
    /// <param name="fails">Whether a plan fails.</param>
    public static SimulationPlan Shrink(SimulationPlan plan, Predicate<SimulationPlan> fails)
    {
        int runs = 0;
        ImmutableArray<SimulationStep> steps = plan.Steps;
        for (int length = Math.Max(1, steps.Length / 2); ; length = Math.Max(1, length / 2))
        {
            bool hasShrunk = false;
            for (int at = 0; at < steps.Length && runs < MaxRuns;)
            {
                ImmutableArray<SimulationStep> fewer = steps.RemoveRange(at, Math.Min(length, steps.Length - at));
                runs++;
                if (fails(plan with { Steps = fewer }))
                {
                    (steps, hasShrunk) = (fewer, true);
                }
                else
                {
                    at += length;
                }
            }

            if (runs >= MaxRuns || (length == 1 && !hasShrunk))
            {
                return plan with { Steps = steps };
            }
        }
    }
}
