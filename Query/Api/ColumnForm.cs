namespace TimeSeries.Query.Api;

/// <summary>What a column of an aggregate's answer shows.</summary>
internal enum ColumnForm : byte
{
    /// <summary>Start of the window.</summary>
    Window,
    KeyText,
    KeyNumber,
    Count,

    /// <summary>Samples a second.</summary>
    Rate,

    /// <summary>The share of samples that are errors.</summary>
    ErrorRate,
    Sum,
    Mean,

    /// <summary>A least or greatest value.</summary>
    Extreme,
    Deviation,
    Quantile,
}
