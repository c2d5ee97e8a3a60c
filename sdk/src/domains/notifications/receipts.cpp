#include "domains/notifications/messages.hpp"
#include "engine/engine.hpp"

#include <algorithm>

namespace clinic {
namespace {

std::optional<Delivery> delivery_of(std::int32_t delivery) {
  switch (delivery) {
    case CLINIC_DELIVERY_ON_ITS_WAY:
      return Delivery::on_its_way;
    case CLINIC_DELIVERY_DELIVERED:
      return Delivery::delivered;
    case CLINIC_DELIVERY_FAILED:
      return Delivery::failed;
    default:
      return std::nullopt;
  }
}

/// What a notifier's receipt says, as a row; nothing where it names no message.
std::optional<DeliveryReceipt> row_of(MessageChannel channel, const clinic_receipt& receipt) {
  constexpr std::size_t longest = 191;
  const auto delivery = delivery_of(receipt.delivery);
  if (!delivery || (!receipt.message_id && !receipt.gateway_id)) return std::nullopt;
  DeliveryReceipt row;
  row.channel = channel;
  if (receipt.message_id) row.message_id = from_gateway(receipt.message_id, 64);
  row.gateway_id = receipt.gateway_id ? from_gateway(receipt.gateway_id, longest + 1) : "message:" + *row.message_id;
  if (row.gateway_id.empty() || row.gateway_id.size() > longest) return std::nullopt;
  row.delivery_state = *delivery;
  if (receipt.reason) row.failure = from_gateway(receipt.reason, 40);
  row.one_part = receipt.one_part != 0;
  return row;
}

}  // namespace

ReceiptsRead read_receipts(Call& call, const MessageReceipt& request) {
  const auto* notifier = notifier_for(call.engine().notifiers(), request.channel);
  if (!notifier || !notifier->reads_receipts())
    throw Error(ErrorCode::forbidden, "No notifier of this clinic reads receipts of this channel.");
  std::vector<const char*> headers;
  for (const auto& header : request.headers) {
    headers.push_back(header.name.c_str());
    headers.push_back(header.value.c_str());
  }
  clinic_receipt_request call_of_gateway{};
  call_of_gateway.struct_size = sizeof call_of_gateway;
  call_of_gateway.method = request.method.c_str();
  call_of_gateway.url = request.url.c_str();
  call_of_gateway.headers = headers.data();
  call_of_gateway.header_count = request.headers.size();
  const auto body = request.body.value_or("");
  call_of_gateway.body = body.c_str();
  call_of_gateway.body_size = body.size();
  std::vector<DeliveryReceipt> rows;
  notifier->read_receipts(call_of_gateway, [&](const clinic_receipt& receipt) {
    if (auto row = row_of(request.channel, receipt)) rows.push_back(*std::move(row));
  });
  ReceiptsRead result;
  result.receipts = static_cast<std::int64_t>(rows.size());
  for (auto& row : rows)
    if (call.engine().dispatcher().outbox().receive(std::move(row))) ++result.messages_known;
  call.step([&](UnitOfWork& work) {
    work.audit({.metadata = json_object({{"receipts", result.receipts}, {"messages_known", result.messages_known}})});
  });
  return result;
}

}  // namespace clinic
