namespace TimeSeries.Tests.Contract;

/// <summary>A list that WhaTap's document shows a response of: the record it shows and how many it counts.</summary>
/// <param name="Path">The list, with its range.</param>
/// <param name="Record">The record, word for word.</param>
/// <param name="Total">How many records there are.</param>
/// <param name="Ours">Members that ours has beyond the document's, and those that follow no rule there, with the values that the samples give.</param>
public sealed record DocumentedStatistic(string Path, string Record, int Total, params (string Name, object Value)[] Ours)
{
    public override string ToString() => Path;
}
