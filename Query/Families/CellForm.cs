namespace TimeSeries.Query.Families;

/// <summary>What a cell of an answer holds.</summary>
internal enum CellForm : byte
{
    Missing,

    /// <summary>A number, or another literal of JSON that needs no quotes.</summary>
    Literal,

    Text,

    /// <summary>A JSON object.</summary>
    Object,
}
