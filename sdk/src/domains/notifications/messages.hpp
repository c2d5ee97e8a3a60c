#pragma once

#include "engine/call.hpp"

#include <clinic/services/notification_service.hpp>

namespace clinic {

MessagePage list_messages(Call& call, Transaction& transaction, const ListMessages& request);
MessageView get_message(Call& call, Transaction& transaction, const MessageKey& request);
MessageView retry_message(Call& call, const MessageKey& request);
MessageView cancel_message(Call& call, const MessageKey& request);
MessagesDispatched dispatch_messages(Call& call, const DispatchMessages& request);
MessagePreview preview_message(Call& call, const PreviewMessage& request);
ReceiptsRead read_receipts(Call& call, const MessageReceipt& request);
MessagePreferences get_preferences(Call& call, Transaction& transaction, const PatientPreferences& request);
MessagePreferences set_preferences(Call& call, const SetMessagePreferences& request);

}  // namespace clinic
