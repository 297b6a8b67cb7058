namespace TimeSeries.Tests.Support.Samples;

/// <summary>What each form is called on the wire, and how a batch is written in it.</summary>
public static class BodyFormExtensions
{
    public static bool IsJson(this BodyForm form) => form <= BodyForm.JsonDictionaryColumns;

    public static string ContentType(this BodyForm form) => form.IsJson() ? "application/json" : "application/msgpack";

    public static byte[] Write(this BodyForm form, PushedBatch batch) =>
        form.IsJson() ? JsonBatchWriter.Write(batch, form) : MessagePackBatchWriter.Write(batch, form);
}
