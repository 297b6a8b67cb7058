namespace TimeSeries.Query.Own;

/// <summary>How an answer is written.</summary>
internal enum AnswerFormat : byte
{
    Json,
    Csv,

    /// <summary>A JSON object a line.</summary>
    Lines,
}
