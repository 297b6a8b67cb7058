using System.Text;
using Microsoft.OpenApi;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>
/// The OpenAPI 3.1 document of a host (spec.openapis.org/oas/v3.1.1), put together from what its parts say of themselves.
/// It is made once, on the first request. Thread safe.
/// </summary>
internal sealed class HostDocument(IEnumerable<IApiDescription> descriptions)
{
    private readonly Lazy<ReadOnlyMemory<byte>> _utf8 = new(() => Serialize(Build(descriptions)));

    public ReadOnlyMemory<byte> Utf8 => _utf8.Value;

    private static OpenApiDocument Build(IEnumerable<IApiDescription> descriptions)
    {
        OpenApiDocument document = new()
        {
            Info = new OpenApiInfo
            {
                Title = "TimeSeries",
                Version = HostVersion.Text,
                Description = "A time-series ingestion engine with a query API for application performance monitoring.",
            },

            // Relative to the document's own address (OAS 3.1, 4.8.5), so that it is right below any prefix of a proxy.
            Servers = [new OpenApiServer { Url = ".." }],
            Tags = new HashSet<OpenApiTag>(),
            Components = new OpenApiComponents(),
        };
        foreach (IApiDescription description in descriptions)
        {
            description.AddTo(document);
        }

        // References are made without a document. The serializer leaves out security requirements whose scheme it can't resolve.
        document.SetReferenceHostDocument();
        return document;
    }

    private static ReadOnlyMemory<byte> Serialize(OpenApiDocument document)
    {
        MemoryStream utf8 = new();
        using (StreamWriter text = new(utf8, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
        {
            document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        }

        return utf8.GetBuffer().AsMemory(0, (int)utf8.Length);
    }
}

/// <summary>What one part of a host says of its endpoints. Registered as a service by whoever maps them, so that each host describes what it serves.</summary>
public interface IApiDescription
{
    /// <summary>Adds the operations, and the schemas and security schemes that they name.</summary>
    void AddTo(OpenApiDocument document);
}
