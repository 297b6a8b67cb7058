using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace TimeSeries.Hosting.Running;

/// <summary>The addresses that a host listens on.</summary>
public static class Listener
{
    /// <summary>An address that can be called on this machine: localhost in place of every address.</summary>
    public static string LocalAddress(string address)
    {
        BindingAddress binding = BindingAddress.Parse(address);
        return IsOnEveryAddress(address) ? $"{binding.Scheme}://localhost:{binding.Port}" : address;
    }

    internal static bool IsOnEveryAddress(string address) =>
        BindingAddress.Parse(address).Host is var host && (host is "*" or "+" || (IPAddress.TryParse(host, out IPAddress? ip) && IsAny(ip)));

    /// <summary>Tries the ports of a configuration, so that a start that can't listen ends before it has made anything.</summary>
    /// <exception cref="StartRefusedException">A port can't be had; the sentence names it.</exception>
    internal static void CheckPorts(IConfiguration configuration)
    {
        foreach (BindingAddress binding in Configured(configuration))
        {
            if (binding is { IsUnixPipe: false, IsNamedPipe: false, Port: > 0 })
            {
                Check(binding, AddressOf(binding.Host));
            }
        }
    }

    private static void Check(BindingAddress binding, IPAddress address)
    {
        try
        {
            using TcpListener port = new(address, binding.Port);
            if (address.Equals(IPAddress.IPv6Any))
            {
                // As the server does.
                port.Server.DualMode = true;
            }

            port.Start();
        }
        catch (SocketException fault)
        {
            string reason = fault.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "it is in use by another program",
                SocketError.AccessDenied => "only an administrator may have it",
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => fault.Message,
            };
            throw new StartRefusedException($"The start failed: the server can't listen on {binding}: {reason}. Choose another with --urls.", fault);
        }
    }

    // The addresses of --urls; of Kestrel:Endpoints, which win over it; or of the default. An address that can't be read is told by the server.
    private static IEnumerable<BindingAddress> Configured(IConfiguration configuration)
    {
        string[] endpoints = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
        IEnumerable<string> ports = Split(configuration["http_ports"]).Select(port => $"http://*:{port}")
            .Concat(Split(configuration["https_ports"]).Select(port => $"https://*:{port}"));
        IEnumerable<string> addresses = endpoints.Length > 0 ? endpoints : Split(configuration["urls"]) is { Length: > 0 } urls ? urls : ports;
        foreach (string address in addresses)
        {
            BindingAddress? binding = null;
            try
            {
                binding = BindingAddress.Parse(address);
            }
            catch (FormatException)
            {
                continue;
            }

            yield return binding;
        }
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static IPAddress AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host, out IPAddress? address) ? address
        : Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
