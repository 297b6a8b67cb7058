namespace TimeSeries.Query.Responses;

/// <summary>What a cell of an answer holds.</summary>
internal enum CellForm : byte
{
    Missing,

    Boolean,

    /// <summary>A whole number of any size.</summary>
    Integer,

    /// <summary>A number that may have a fraction.</summary>
    Fraction,

    Text,

    /// <summary>A JSON object.</summary>
    Object,
}
