namespace TimeSeries.Hosting.Description;

/// <summary>Where a parameter stands in a request.</summary>
public enum ParameterPlace
{
    Path,
    Query,
    Header,
}
