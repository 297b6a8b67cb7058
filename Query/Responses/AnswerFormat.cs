namespace TimeSeries.Query.Responses;

/// <summary>How an answer is written.</summary>
internal enum AnswerFormat : byte
{
    Json,

    /// <summary>The same values as in <see cref="Json"/>; chosen by the header Accept.</summary>
    MessagePack,

    Csv,

    /// <summary>A JSON object a line.</summary>
    Lines,
}
