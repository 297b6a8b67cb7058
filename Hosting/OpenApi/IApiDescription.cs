using Microsoft.OpenApi;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>What one part of a host says of its endpoints. Registered as a service by whoever maps them, so that each host describes what it serves.</summary>
public interface IApiDescription
{
    /// <summary>Adds the operations, and the schemas and security schemes that they name.</summary>
    void AddTo(OpenApiDocument document);
}
