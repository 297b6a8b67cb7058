namespace TimeSeries.Core.Model.Queries;

/// <summary>A field that a query groups by.</summary>
/// <param name="Field">Its ordinal.</param>
/// <param name="MissingAs">Number that a missing value is taken for (a missing port is 0); null makes missing a group of its own.</param>
public readonly record struct GroupField(int Field, long? MissingAs = null);
