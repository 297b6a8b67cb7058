namespace TimeSeries.Core.Model.Queries;

/// <summary>A query needs more than it may.</summary>
/// <param name="option">The option that sets the limit, as in the configuration: <c>Query:MaxRows</c> or <c>Query:MaxGroups</c>.</param>
/// <param name="limit">The limit.</param>
public sealed class QueryLimitException(string option, long limit)
    : Exception(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The query needs more than {option} = {limit}."))
{
    public string Option { get; } = option;

    public long Limit { get; } = limit;
}
