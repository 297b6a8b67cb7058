namespace TimeSeries.Ingest.Decoding;

/// <summary>The texts of the envelope's agent.</summary>
internal sealed class EnvelopeAgent
{
    public EnvelopeText Oname { get; } = new();

    public EnvelopeText Okind { get; } = new();

    public EnvelopeText Onode { get; } = new();

    public void Clear()
    {
        Oname.Clear();
        Okind.Clear();
        Onode.Clear();
    }
}
