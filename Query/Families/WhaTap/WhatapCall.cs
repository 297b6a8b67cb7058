using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>A request that passed the checks of token and project.</summary>
/// <param name="Pcode">The project.</param>
/// <param name="ApdexThreshold">The project's T.</param>
/// <param name="Parts">The parts of the path behind the statistic's name, decoded.</param>
/// <param name="Parameters">The query string.</param>
/// <param name="Now">When the request came.</param>
internal sealed record WhatapCall(long Pcode, TimeSpan ApdexThreshold, IReadOnlyList<string> Parts, IQueryCollection Parameters, Timestamp Now)
{
    /// <summary>A parameter of the query string, the first where it stands twice; null when it is absent.</summary>
    public string? Parameter(string name) => Parameters.TryGetValue(name, out var values) && values.Count > 0 ? values[0] ?? "" : null;
}
